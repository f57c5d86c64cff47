import {
  type ColumnsView,
  rowsInBlock,
} from "../columns/measurement_columns.ts";
import { CSV_COLUMNS } from "../measurement.ts";
import { DECIMAL_ROOM_BYTES, writeDecimal } from "./decimal.ts";

/** Options of {@linkcode encodeCsv}. */
export interface EncodeCsvOptions {
  /**
   * Whether text that a spreadsheet would evaluate (it starts with `=`, `+`,
   * `-`, `@`, a tab or a carriage return) gets a `'` in front, as OWASP
   * advises against CSV injection. The file then no longer reads back the same.
   *
   * @default {false}
   */
  defuseFormulas?: boolean;
}

const CHUNK_BYTES = 128 * 1024;
const HEADER = CSV_COLUMNS.join(",") + "\r\n";
const UTF8 = new TextEncoder();

/** A field as CPython's `csv.writer` quotes it by default. */
function quoteField(field: string, defuseFormulas: boolean): string {
  const text = defuseFormulas && /^[=+\-@\t\r]/.test(field)
    ? `'${field}`
    : field;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * Yields the bytes of `latency_raw.csv` in chunks of about 128 KiB.
 *
 * Chunks share two buffers: one stays valid until the chunk after the next is
 * requested, so that it can be written while the next is formatted.
 */
export function* encodeCsv(
  columns: ColumnsView,
  options: EncodeCsvOptions = {},
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const { defuseFormulas = false } = options;
  const middles = columns.series.map(({ metricType, satelliteId }) =>
    UTF8.encode(
      `,${quoteField(metricType, defuseFormulas)},${
        quoteField(satelliteId, defuseFormulas)
      },`,
    )
  );
  const rowBytes = 3 * DECIMAL_ROOM_BYTES +
    middles.reduce((most, middle) => Math.max(most, middle.length), 0);
  const chunkBytes = Math.max(
    Math.min(CHUNK_BYTES, HEADER.length + columns.length * rowBytes),
    HEADER.length + rowBytes,
  );
  let bytes = new Uint8Array(chunkBytes);
  let other: Uint8Array<ArrayBuffer> | undefined;
  let at = UTF8.encodeInto(HEADER, bytes).written;
  for (const [index, block] of columns.blocks.entries()) {
    const rows = rowsInBlock(columns, index);
    for (let row = 0; row < rows; row++) {
      if (at + rowBytes > chunkBytes) {
        yield bytes.subarray(0, at);
        [bytes, other] = [other ?? new Uint8Array(chunkBytes), bytes];
        at = 0;
      }
      const middle = middles[block.seriesCodes[row]!]!;
      at = writeDecimal(block.timestamps[row]!, bytes, at);
      bytes.set(middle, at);
      at = writeDecimal(block.durationsMs[row]!, bytes, at + middle.length);
      bytes[at++] = 0x2c;
      at = writeDecimal(block.scenarioTimesS[row]!, bytes, at);
      bytes[at++] = 0x0d;
      bytes[at++] = 0x0a;
    }
  }
  yield bytes.subarray(0, at);
}
