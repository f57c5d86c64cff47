import {
  type ColumnBlock,
  MeasurementColumns,
  type Series,
} from "../../../src/columns/measurement_columns.ts";
import { MAX_FRAME_ROWS } from "../../../src/formats/journal/frame.ts";
import {
  JournalDecoder,
  type JournalEnd,
} from "../../../src/formats/journal/journal_decoder.ts";
import { JournalEncoder } from "../../../src/formats/journal/journal_encoder.ts";

/** A row as plain values: the number of its series, then the numbers. */
export type Row = readonly [
  series: number,
  timestamp: number,
  durationMs: number,
  scenarioTimeS: number,
];

export const HEADER = { run_id: "run_1", labels: { rig: "7" } };

/** A journal, and where each of its frames starts. */
export interface MadeJournal {
  readonly bytes: Uint8Array;
  readonly starts: readonly number[];
}

/** Writes batches, each promised before the next; the series come first. */
export function makeJournal(
  series: readonly Series[],
  batches: readonly (readonly Row[])[],
  { isEnded = false, salt = 99 } = {},
): MadeJournal {
  const encoder = new JournalEncoder(salt);
  const chunks: Uint8Array[] = [];
  const starts: number[] = [];
  const add = (addFrame: () => void) => {
    starts.push(encoder.offset);
    addFrame();
    chunks.push(encoder.frames.slice());
    encoder.startAt(encoder.offset, encoder.offset);
  };
  add(() => encoder.addHeader(HEADER));
  for (const each of series) add(() => encoder.addSeries(each));
  const numbers = Int32Array.from(series, (_, index) => index);
  for (const batch of batches) {
    for (let from = 0; from < batch.length; from += MAX_FRAME_ROWS) {
      const rows = batch.slice(from, from + MAX_FRAME_ROWS);
      add(() => encoder.addRows(blockOf(rows), 0, rows.length, numbers));
    }
  }
  if (isEnded) add(() => encoder.addEnd());
  return { bytes: joined(chunks), starts };
}

/** What a journal says, read in chunks of this many bytes. */
export function readJournal(
  bytes: Uint8Array,
  chunkBytes = 1000,
): { decoder: JournalDecoder; rows: Row[]; end: JournalEnd } {
  const decoder = new JournalDecoder();
  const rows: Row[] = [];
  const take = (block: ColumnBlock, count: number) => {
    for (let row = 0; row < count; row++) {
      rows.push([
        block.seriesCodes[row]!,
        block.timestamps[row]!,
        block.durationsMs[row]!,
        block.scenarioTimesS[row]!,
      ]);
    }
  };
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    for (const rows of decoder.push(bytes.subarray(at, at + chunkBytes))) {
      if (rows !== undefined) take(rows.block, rows.count);
    }
  }
  const rest = decoder.rest();
  if (rest !== undefined) take(rest.block, rest.count);
  return { decoder, rows, end: decoder.finish() };
}

function blockOf(rows: readonly Row[]): ColumnBlock {
  const columns = new MeasurementColumns();
  for (const [series, timestamp, durationMs, scenarioTimeS] of rows) {
    columns.append(timestamp, series, durationMs, scenarioTimeS);
  }
  return columns.openBlock();
}

export function joined(chunks: readonly Uint8Array[]): Uint8Array {
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0);
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}
