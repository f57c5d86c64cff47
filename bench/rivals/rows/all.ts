import type { RivalRow } from "../rival_row.ts";
import { format } from "./format.ts";
import { record } from "./record.ts";

/** All rows, in the order of a run's life. */
export const ROWS: readonly RivalRow[] = [record, format];
