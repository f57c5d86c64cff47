import type { RivalRow } from "../rival_row.ts";
import { batch } from "./batch.ts";
import { catalog } from "./catalog.ts";
import { codecs } from "./codecs.ts";
import { firstSave } from "./first_save.ts";
import { format } from "./format.ts";
import { largeSave } from "./large_save.ts";
import { listing } from "./listing.ts";
import { load } from "./load.ts";
import { memory } from "./memory.ts";
import { pause } from "./pause.ts";
import { record } from "./record.ts";
import { smallSave } from "./small_save.ts";
import { statistics } from "./statistics.ts";
import { stream } from "./stream.ts";
import { summary } from "./summary.ts";

/** All rows, in the order of a run's life. */
export const ROWS: readonly RivalRow[] = [
  record,
  statistics,
  format,
  firstSave,
  smallSave,
  batch,
  largeSave,
  stream,
  load,
  codecs,
  summary,
  listing,
  catalog,
  pause,
  memory,
];
