import {
  type ColumnBlock,
  type ColumnsView,
  rowsInBlock,
  type Series,
} from "../../columns/measurement_columns.ts";
import { CSV_COLUMNS } from "../../model/measurement.ts";
import { TooLarge } from "../../model/too_large.ts";
import { DecimalTexts, TEXTS } from "./decimal/decimal_texts.ts";
import { DECIMAL_ROOM_BYTES } from "./decimal/decimal.ts";
import { MAX_ROW_BYTES } from "./row_limit.ts";

/** Options of {@linkcode encodeCsv}. */
export interface EncodeCsvOptions {
  /**
   * Whether text that a spreadsheet would evaluate (it starts with `=`, `+`,
   * `-` or `@`, be they full-width, or a tab or line end) gets a `'` in front, as OWASP
   * advises against CSV injection. It then no longer reads back the same.
   *
   * @default {false}
   */
  defuseFormulas?: boolean;
  /** Is told how many rows there are in the chunks so far. */
  onRows?: (rows: number) => void;
}

/** What a row has between its first two numbers. */
interface Middle {
  /** In bytes. */
  readonly length: number;
  /** Its bytes, padded to whole groups of four words. */
  readonly words: Float64Array<ArrayBuffer>;
}

/** The chunk that is being filled. */
interface Chunk {
  bytes: Uint8Array<ArrayBuffer>;
  view: DataView<ArrayBuffer>;
  /** How many bytes are in use. */
  length: number;
}

const CHUNK_BYTES = 128 * 1024;

/** Room a row takes besides its middle, with what copying by words runs over. */
const ROW_ROOM_BYTES = 3 * DECIMAL_ROOM_BYTES + 32;

const HEADER = CSV_COLUMNS.join(",") + "\r\n";
const FORMULA = /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/;
const SPECIAL = /[",\r\n]/;
const COMMA = 0x2c;
const CRLF = 0x0a0d;

/** Yielded between batches, for others to run. */
const NO_BYTES = new Uint8Array(0);

const encoder = new TextEncoder();

/** A field as CPython's `csv.writer` quotes it by default. */
function spellField(field: string, defuseFormulas: boolean): string {
  const text = defuseFormulas && FORMULA.test(field) ? `'${field}` : field;
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function spellMiddle(series: Series, defuseFormulas: boolean): string {
  const metricType = spellField(series.metricType, defuseFormulas);
  const satelliteId = spellField(series.satelliteId, defuseFormulas);
  return `,${metricType},${satelliteId},`;
}

function encodeMiddle(text: string): Middle {
  const bytes = encoder.encode(text);
  if (bytes.length > MAX_ROW_BYTES - ROW_ROOM_BYTES) {
    throw new TooLarge(`ids of ${bytes.length} bytes make a row too long`);
  }
  const words = new Float64Array(Math.ceil(bytes.length / 32) * 4);
  new Uint8Array(words.buffer).set(bytes);
  return { length: bytes.length, words };
}

/** The numbers of a batch of rows as text. */
interface RowTexts {
  readonly timestamps: DecimalTexts;
  readonly durations: DecimalTexts;
  readonly scenarioTimes: DecimalTexts;
}

function newRowTexts(): RowTexts {
  return {
    timestamps: new DecimalTexts(),
    durations: new DecimalTexts(),
    scenarioTimes: new DecimalTexts(),
  };
}

function newChunk(sizeBytes: number): Chunk {
  const bytes = new Uint8Array(sizeBytes);
  return { bytes, view: new DataView(bytes.buffer), length: 0 };
}

/** Copies the 24 bytes that a decimal takes at most. */
function copyDecimal(
  to: DataView,
  at: number,
  from: DataView,
  start: number,
): void {
  to.setFloat64(at, from.getFloat64(start, true), true);
  to.setFloat64(at + 8, from.getFloat64(start + 8, true), true);
  to.setFloat64(at + 16, from.getFloat64(start + 16, true), true);
}

/**
 * Encodes with the three columns of numbers formatted first, a batch at a
 * time, and then joined to rows.
 *
 * Bytes are copied eight at a time as doubles. That may change a NaN, but well
 * formed UTF-8 never makes one: 0xff does not occur, and neither does 0x7f
 * after 0xf0 or above.
 *
 * Note: writing each number at its place in the row is slower: every offset
 * then waits for the length of the number before.
 */
export class CsvEncoder {
  readonly #series: readonly Series[];
  readonly #options: EncodeCsvOptions;
  readonly #texts: RowTexts;
  readonly #middles: Middle[] = [];
  #chunk = newChunk(CHUNK_BYTES);
  #spare = newChunk(0);
  /** Rows of the blocks before. */
  #rows = 0;

  /** Makes an encoder of rows of these series, to which some may be added. */
  constructor(series: readonly Series[], options: EncodeCsvOptions = {}) {
    this.#series = series;
    this.#options = options;
    this.#texts = newRowTexts();
    this.#chunk.length = encoder.encodeInto(HEADER, this.#chunk.bytes).written;
  }

  /** Yields the chunks that the next rows fill; the rest is kept. */
  *push(
    block: ColumnBlock,
    rows: number,
  ): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
    const { timestamps, durations, scenarioTimes } = this.#texts;
    for (let from = 0; from < rows; from += TEXTS) {
      const count = Math.min(TEXTS, rows - from);
      timestamps.write(block.timestamps, from, count);
      durations.write(block.durationsMs, from, count);
      scenarioTimes.write(block.scenarioTimesS, from, count);
      yield NO_BYTES;
      let row = this.#joinRows(block, from, 0, count, this.#chunk);
      while (row < count) {
        this.#options.onRows?.(this.#rows + from + row);
        yield this.#chunk.bytes.subarray(0, this.#chunk.length);
        this.#turnOver(block.seriesCodes[from + row]!);
        row = this.#joinRows(block, from, row, count, this.#chunk);
      }
      yield NO_BYTES;
    }
    this.#rows += rows;
  }

  /** The last chunk. */
  finish(): Uint8Array<ArrayBuffer> {
    this.#options.onRows?.(this.#rows);
    return this.#chunk.bytes.subarray(0, this.#chunk.length);
  }

  /** Starts another chunk, in which there is room for a row of this series. */
  #turnOver(seriesCode: number): void {
    const needed = Math.max(
      ROW_ROOM_BYTES + this.#middleOf(seriesCode).length,
      CHUNK_BYTES,
    );
    [this.#chunk, this.#spare] = [
      this.#spare.bytes.length < needed ? newChunk(needed) : this.#spare,
      this.#chunk,
    ];
    this.#chunk.length = 0;
  }

  #middleOf(seriesCode: number): Middle {
    return this.#middles[seriesCode] ??= encodeMiddle(
      spellMiddle(
        this.#series[seriesCode]!,
        this.#options.defuseFormulas ?? false,
      ),
    );
  }

  /** Adds rows until the chunk is full; returns the first that is not in it. */
  #joinRows(
    block: ColumnBlock,
    from: number,
    firstRow: number,
    count: number,
    chunk: Chunk,
  ): number {
    const { seriesCodes } = block;
    const { view } = chunk;
    const { timestamps, durations, scenarioTimes } = this.#texts;
    const room = view.byteLength - ROW_ROOM_BYTES;
    let at = chunk.length;
    let row = firstRow;
    for (; row < count; row++) {
      const { length, words } = this.#middleOf(seriesCodes[from + row]!);
      if (at + length > room) break;

      let start = timestamps.starts[row]!;
      copyDecimal(view, at, timestamps.view, start);
      at += timestamps.ends[row]! - start;

      for (let i = 0; i < words.length; i += 4) {
        view.setFloat64(at + i * 8, words[i]!, true);
        view.setFloat64(at + i * 8 + 8, words[i + 1]!, true);
        view.setFloat64(at + i * 8 + 16, words[i + 2]!, true);
        view.setFloat64(at + i * 8 + 24, words[i + 3]!, true);
      }
      at += length;

      start = durations.starts[row]!;
      copyDecimal(view, at, durations.view, start);
      at += durations.ends[row]! - start;
      view.setUint8(at++, COMMA);

      start = scenarioTimes.starts[row]!;
      copyDecimal(view, at, scenarioTimes.view, start);
      at += scenarioTimes.ends[row]! - start;
      view.setUint16(at, CRLF, true);
      at += 2;
    }
    chunk.length = at;
    return row;
  }
}

/**
 * Yields the bytes of `latency_raw.csv`: a header, then the rows in the order
 * of their recording, with CRLF line ends; fields are quoted as CPython's
 * `csv.writer` does by default, numbers spelled as its `repr` does.
 *
 * A chunk has up to 128 KiB (more only where a single row is longer). It stays
 * valid until the second one with bytes after it is requested, when its memory
 * is used again: one can be written while the next is formatted. At least every
 * 256 rows, which take 0.03 ms, or as long as 1 ms while the code is not
 * compiled, there is one without bytes. A lone surrogate in a text becomes
 * U+FFFD.
 */
export function* encodeCsv(
  columns: ColumnsView,
  options: EncodeCsvOptions = {},
): Generator<Uint8Array<ArrayBuffer>, void, undefined> {
  const encoder = new CsvEncoder(columns.series, options);
  yield NO_BYTES;
  for (const [index, block] of columns.blocks.entries()) {
    yield* encoder.push(block, rowsInBlock(columns, index));
  }
  yield encoder.finish();
}
