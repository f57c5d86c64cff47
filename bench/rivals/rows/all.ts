import type { RivalRow } from "../rival_row.ts";
import { format } from "./format.ts";
import { load } from "./load.ts";
import { record } from "./record.ts";
import { statistics } from "./statistics.ts";

/** All rows, in the order of a run's life. */
export const ROWS: readonly RivalRow[] = [record, statistics, format, load];
