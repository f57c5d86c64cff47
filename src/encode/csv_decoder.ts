import {
  type ColumnBlock,
  createBlock,
  type MeasurementColumns,
} from "../columns/measurement_columns.ts";
import { CSV_COLUMNS } from "../measurement.ts";
import type { Sliced } from "../sliced.ts";
import { parseDecimal } from "./_parse_decimal.ts";
import { readDecimal } from "./_read_decimal.ts";
import { MAX_SPELLING_BYTES, SpellingIndex } from "./_spelling_index.ts";

/** Bytes decoded between two yields: 0.05 ms of work, 0.3 ms at the worst. */
const SLICE_BYTES = 32_768;

/**
 * Room for two ids as long as Python's csv module reads (131,072 characters
 * of up to four bytes each) and their numbers. What is longer is a quote that
 * someone forgot to close, and must not fill the memory.
 */
const MAX_ROW_BYTES = 2 ** 21;

/** Zeros after the bytes, so that reading needs no look at where they end. */
const PADDING_BYTES = MAX_SPELLING_BYTES + 8;

/** Rows that are handed to the columns at a time. */
const BATCH_ROWS = 512;

const SHOWN_CHARACTERS = 40;

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;

const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/** A file that is not the CSV of a run. */
export class CsvSyntaxError extends Error {
  /** Always `"CsvSyntaxError"`. */
  override readonly name = "CsvSyntaxError";
  /**
   * Where the row starts that is wrong: 1 plus the line feeds before it,
   * those inside quoted fields included.
   */
  readonly line: number;

  /** Makes an error; callers only ever catch one. */
  constructor(reason: string, line: number) {
    super(`Line ${line}: ${reason}`);
    this.line = line;
  }
}

/** The text in quotes for a message, cut to a sane length. */
function show(text: string): string {
  return text.length <= SHOWN_CHARACTERS
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, SHOWN_CHARACTERS))}...`;
}

/**
 * Reads the CSV of a run, in chunks of any size, into columns.
 *
 * Rows may end in CRLF or LF, the last one in nothing; blank lines are
 * skipped, and so is a byte-order mark. Fields are quoted or not; what stands
 * between quotes is kept byte for byte. Numbers are finite decimals and become
 * the double closest to them. Besides the columns it holds no more than a row,
 * which may have 2 MiB.
 */
export class CsvDecoder {
  #columns: MeasurementColumns;
  #line = 1;
  #hasHeader = false;
  /** The beginning of a row whose end has not been pushed yet. */
  #held = new Uint8Array(1024);
  #heldLength = 0;
  #inQuotes = false;
  /** Where the content of each field of a row starts and ends. */
  #starts = new Int32Array(CSV_COLUMNS.length);
  #ends = new Int32Array(CSV_COLUMNS.length);
  #text = new TextDecoder();
  #strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** Makes a decoder that appends the rows it reads to `columns`. */
  constructor(columns: MeasurementColumns) {
    this.#columns = columns;
  }

  /**
   * Decodes the bytes that follow those pushed before. They must not change
   * until the work is done, and are not needed after it.
   *
   * Throws a {@linkcode CsvSyntaxError} at the first row that is wrong; the
   * rows before it are in the columns then, and the decoder is of no more use.
   */
  *push(bytes: Uint8Array): Sliced<void> {
    for (let at = 0; at < bytes.length;) {
      at = this.#decodeSlice(bytes, at);
      yield;
    }
  }

  /** Decodes a last row without a line end; throws as `push` does. */
  finish(): void {
    if (this.#heldLength > 0) {
      this.#decodeRow(this.#held, 0, this.#heldLength);
      this.#heldLength = 0;
    }
    if (!this.#hasHeader) this.#fail("the file is empty: there is no header");
  }

  #decodeSlice(bytes: Uint8Array, from: number): number {
    const sliceEnd = Math.min(from + SLICE_BYTES, bytes.length);
    let at = from;
    while (at < sliceEnd) {
      const next = this.#findRowEnd(bytes, at, sliceEnd);
      if (next === -1) {
        this.#hold(bytes, at, sliceEnd);
        return sliceEnd;
      }
      if (this.#heldLength === 0) {
        this.#decodeRow(bytes, at, next);
      } else {
        this.#hold(bytes, at, next);
        this.#decodeRow(this.#held, 0, this.#heldLength);
        this.#heldLength = 0;
      }
      at = next;
    }
    return at;
  }

  /** The offset after the line feed that ends the row, or -1 if none does. */
  #findRowEnd(bytes: Uint8Array, from: number, end: number): number {
    let inQuotes = this.#inQuotes;
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === QUOTE) inQuotes = !inQuotes;
      else if (byte === LF && !inQuotes) {
        this.#inQuotes = false;
        return at + 1;
      }
    }
    this.#inQuotes = inQuotes;
    return -1;
  }

  #hold(bytes: Uint8Array, start: number, end: number): void {
    const length = this.#heldLength + end - start;
    if (length > MAX_ROW_BYTES) {
      // What is there already may show a better reason, such as a stray quote.
      this.#split(this.#held, 0, this.#heldLength);
      this.#fail(`the row is longer than ${MAX_ROW_BYTES} bytes`);
    }
    if (length > this.#held.length) {
      const grown = new Uint8Array(
        Math.max(length, Math.min(2 * this.#held.length, MAX_ROW_BYTES)),
      );
      grown.set(this.#held.subarray(0, this.#heldLength));
      this.#held = grown;
    }
    this.#held.set(bytes.subarray(start, end), this.#heldLength);
    this.#heldLength = length;
  }

  /** Decodes a row that ends before `end`, its line end included. */
  #decodeRow(bytes: Uint8Array, start: number, end: number): void {
    let at = start;
    if (
      !this.#hasHeader && BYTE_ORDER_MARK.every((b, i) => bytes[at + i] === b)
    ) {
      at += BYTE_ORDER_MARK.length;
    }
    let lineFeeds = 0;
    for (let i = start; i < end; i++) if (bytes[i] === LF) lineFeeds++;
    let rowEnd = end;
    if (rowEnd > at && bytes[rowEnd - 1] === LF) rowEnd--;
    if (rowEnd > at && bytes[rowEnd - 1] === CR) rowEnd--;
    if (rowEnd > at) {
      const fields = this.#split(bytes, at, rowEnd);
      if (!this.#hasHeader) this.#checkHeader(bytes, at, rowEnd, fields);
      else this.#append(bytes, at, rowEnd, fields);
    }
    this.#line += lineFeeds;
  }

  /** Notes where the fields of a row are and returns how many there are. */
  #split(bytes: Uint8Array, start: number, end: number): number {
    let fields = 0;
    for (let at = start;; at++) {
      const isQuoted = bytes[at] === QUOTE && at < end;
      const from = isQuoted ? at + 1 : at;
      const to = isQuoted
        ? this.#closingQuote(bytes, from, end)
        : this.#unquotedEnd(bytes, from, end);
      if (fields < CSV_COLUMNS.length) {
        this.#starts[fields] = from;
        this.#ends[fields] = to;
      }
      fields++;
      at = isQuoted ? to + 1 : to;
      if (at === end) return fields;
      if (bytes[at] !== COMMA) {
        this.#failAt("text follows a closing quote", bytes, at, end);
      }
    }
  }

  #closingQuote(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      if (bytes[at] !== QUOTE) continue;
      if (at + 1 === end || bytes[at + 1] !== QUOTE) return at;
      at++;
    }
    return this.#failAt("a quote is never closed", bytes, from - 1, end);
  }

  #unquotedEnd(bytes: Uint8Array, from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = bytes[at]!;
      if (byte === COMMA) return at;
      if (byte === QUOTE) {
        this.#failAt("a quote stands in an unquoted field", bytes, from, end);
      }
      if (byte === CR) {
        this.#failAt(
          "a carriage return stands in an unquoted field",
          bytes,
          from,
          end,
        );
      }
    }
    return end;
  }

  #checkHeader(
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: number,
  ): void {
    const isHeader = fields === CSV_COLUMNS.length &&
      CSV_COLUMNS.every((name, field) => this.#shown(bytes, field) === name);
    if (!isHeader) {
      this.#failAt(
        `the header is not ${CSV_COLUMNS.join()}`,
        bytes,
        start,
        end,
      );
    }
    this.#hasHeader = true;
  }

  #append(
    bytes: Uint8Array,
    start: number,
    end: number,
    fields: number,
  ): void {
    if (fields !== CSV_COLUMNS.length) {
      this.#failAt(
        `there are ${fields} fields instead of ${CSV_COLUMNS.length}`,
        bytes,
        start,
        end,
      );
    }
    const timestamp = this.#number(bytes, 0);
    const metricType = this.#id(bytes, 1);
    const satelliteId = this.#id(bytes, 2);
    const durationMs = this.#number(bytes, 3);
    const scenarioTimeS = this.#number(bytes, 4);
    const code = this.#columns.findSeries(metricType, satelliteId) ??
      this.#columns.addSeries(metricType, satelliteId);
    this.#columns.append(timestamp, code, durationMs, scenarioTimeS);
  }

  #number(bytes: Uint8Array, field: number): number {
    const start = this.#starts[field]!;
    const end = this.#ends[field]!;
    const value = parseDecimal(bytes, start, end);
    if (Number.isFinite(value)) return value;
    const reason = Number.isNaN(value)
      ? `the ${CSV_COLUMNS[field]} is not a decimal number`
      : `the ${CSV_COLUMNS[field]} is too large for a double`;
    return this.#failAt(reason, bytes, start, end);
  }

  #id(bytes: Uint8Array, field: number): string {
    const start = this.#starts[field]!;
    const content = bytes.subarray(start, this.#ends[field]);
    let text;
    try {
      text = this.#strictText.decode(content);
    } catch {
      const reason = `the ${CSV_COLUMNS[field]} is not UTF-8`;
      return this.#failAt(reason, bytes, start, this.#ends[field]!);
    }
    // Only a quoted field holds quotes.
    return text.replaceAll('""', '"');
  }

  #shown(bytes: Uint8Array, field: number): string {
    return this.#text.decode(
      bytes.subarray(this.#starts[field], this.#ends[field]),
    );
  }

  #failAt(
    reason: string,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): never {
    const text = this.#text.decode(
      bytes.subarray(start, Math.min(end, start + 4 * SHOWN_CHARACTERS + 4)),
    );
    return this.#fail(`${reason}: ${show(text)}`);
  }

  #fail(reason: string): never {
    throw new CsvSyntaxError(reason, this.#line);
  }
}
