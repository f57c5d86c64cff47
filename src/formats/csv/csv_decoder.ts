import {
  BLOCK_ROWS,
  type MeasurementColumns,
} from "../../columns/measurement_columns.ts";
import { CSV_COLUMNS } from "../../model/measurement.ts";
import type { Sliced } from "../../event_loop/sliced.ts";
import { parseDecimal } from "./decimal/parse_decimal.ts";
import { readDecimal } from "./decimal/read_decimal.ts";
import { MAX_ROW_BYTES } from "./row_limit.ts";
import { MAX_SPELLING_BYTES, SpellingIndex } from "./_spelling_index.ts";

/**
 * Bytes decoded between two yields: 0.03 ms of work, 0.4 where numbers have
 * twenty digits, and some 3 where every row is the first of its series.
 */
const SLICE_BYTES = 16_384;

/** Zeros after the bytes, so that reading needs no look at where they end. */
const PADDING_BYTES = MAX_SPELLING_BYTES + 8;

const SHOWN_CHARACTERS = 40;

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const COMMA = 0x2c;

/** What Python writes for a number that is not finite. */
const PYTHON_NUMBER = /^(?:nan|-?inf)$/;

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
 * skipped, and so is a byte-order mark. What columns there are after those of
 * the original is passed over, but every row must have as many fields as the
 * header. Fields are quoted or not; what stands
 * between quotes is kept byte for byte. Numbers are finite decimals and become
 * the double closest to them. Besides the columns it holds no more than a row,
 * which may have 256 MiB.
 */
export class CsvDecoder {
  readonly #columns: MeasurementColumns;
  readonly #maxRowBytes: number;
  #line = 1;
  /** Fields of every row; 0 until the header has been read. */
  #fieldCount = 0;
  /** The bytes not decoded yet, which begin with a row, and the padding. */
  #window = new Uint8Array(SLICE_BYTES + PADDING_BYTES);
  #view = new DataView(this.#window.buffer);
  #filledBytes = 0;
  /** How far the end of the first row in the window has been looked for. */
  #scannedBytes = 0;
  #inQuotes = false;
  #rowLineFeeds = 0;
  #spellings = new SpellingIndex();
  /** Where the content of each field of a row starts and ends. */
  #starts = new Int32Array(CSV_COLUMNS.length);
  #ends = new Int32Array(CSV_COLUMNS.length);
  #text = new TextDecoder("utf-8", { ignoreBOM: true });
  #strictText = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

  /** Makes a decoder that appends the rows it reads to `columns`. */
  constructor(columns: MeasurementColumns, maxRowBytes = MAX_ROW_BYTES) {
    this.#columns = columns;
    this.#maxRowBytes = maxRowBytes;
  }

  /**
   * Decodes the bytes that follow those pushed before. They must not change
   * until the work is done, and are not needed after it.
   *
   * Throws a {@linkcode CsvSyntaxError} at the first row that is wrong; the
   * columns may have a series without rows then, and the decoder is of no more
   * use.
   */
  *push(bytes: Uint8Array): Sliced<void> {
    for (let taken = 0; taken < bytes.length;) {
      taken += this.#fill(bytes, taken);
      this.#decodeWindow();
      yield;
    }
  }

  /** Decodes a last row without a line end; throws as `push` does. */
  finish(): void {
    if (this.#filledBytes > 0) {
      this.#decodeRow(0, this.#filledBytes);
      this.#filledBytes = 0;
    }
    if (this.#fieldCount === 0) {
      this.#fail("the file is empty: there is no header");
    }
  }

  /** Moves bytes into the window and returns how many. */
  #fill(bytes: Uint8Array, from: number): number {
    if (this.#filledBytes === this.#window.length - PADDING_BYTES) {
      this.#widen();
    }
    const capacity = this.#window.length - PADDING_BYTES;
    const count = Math.min(
      SLICE_BYTES,
      capacity - this.#filledBytes,
      bytes.length - from,
    );
    this.#window.set(bytes.subarray(from, from + count), this.#filledBytes);
    this.#filledBytes += count;
    this.#window.fill(0, this.#filledBytes, this.#filledBytes + PADDING_BYTES);
    return count;
  }

  /** Makes room for a row that fills the window. */
  #widen(): void {
    if (this.#filledBytes >= this.#maxRowBytes) {
      // What is there already may show a better reason, such as a stray quote.
      this.#split(0, this.#filledBytes);
      this.#fail(`the row is longer than ${this.#maxRowBytes} bytes`);
    }
    const wider = new Uint8Array(2 * this.#filledBytes + PADDING_BYTES);
    wider.set(this.#window);
    this.#window = wider;
    this.#view = new DataView(wider.buffer);
  }

  #decodeWindow(): void {
    let at = 0;
    for (;;) {
      // What has been scanned already is not worth a second try.
      if (this.#fieldCount > 0 && this.#scannedBytes === 0) {
        at = this.#decodePlainRows(at);
      }
      const next = this.#findRowEnd(Math.max(at, this.#scannedBytes));
      if (next === -1) break;
      this.#decodeRow(at, next);
      at = next;
    }
    if (at > 0) this.#window.copyWithin(0, at, this.#filledBytes);
    this.#filledBytes -= at;
    this.#scannedBytes = this.#filledBytes;
  }

  /**
   * Decodes rows of the usual form and returns where the first one starts that
   * is not: one with a number that `readDecimal` leaves to others, a series
   * that the index does not hold, a fault, or no end.
   */
  #decodePlainRows(start: number): number {
    let at = start;
    while (at < this.#filledBytes) {
      at = this.#decodeIntoBlock(at);
      if (this.#columns.lastBlockRows < BLOCK_ROWS) break;
    }
    return at;
  }

  /** Does that as far as there is room in the last block. */
  #decodeIntoBlock(start: number): number {
    const view = this.#view;
    const spellings = this.#spellings;
    const { timestamps, durationsMs, scenarioTimesS, seriesCodes } = this
      .#columns.openBlock();
    const extraFields = this.#fieldCount - CSV_COLUMNS.length;
    const firstRow = this.#columns.lastBlockRows;
    let row = firstRow;
    let rowStart = start;
    for (; row < BLOCK_ROWS; row++) {
      let at = readDecimal(view, rowStart, timestamps, row);
      if (at === -1 || view.getUint8(at++) !== COMMA) break;
      const spelling = spellings.find(view, at);
      if (spelling === -1) break;
      seriesCodes[row] = spellings.code(spelling);
      at += spellings.lengthBytes(spelling);
      at = readDecimal(view, at, durationsMs, row);
      if (at === -1 || view.getUint8(at++) !== COMMA) break;
      at = readDecimal(view, at, scenarioTimesS, row);
      if (at !== -1 && extraFields > 0) {
        at = this.#skipPlainFields(at, extraFields);
      }
      if (at === -1) break;
      if (view.getUint8(at) === CR) at++;
      if (view.getUint8(at++) !== LF) break;
      this.#line++;
      rowStart = at;
    }
    this.#columns.addWritten(row - firstRow);
    return rowStart;
  }

  /**
   * Where the fields end that stand after those known, or -1 if one is quoted
   * or there are not as many as in the header.
   */
  #skipPlainFields(from: number, extraFields: number): number {
    let commas = 0;
    let at = from;
    for (; at < this.#filledBytes; at++) {
      const byte = this.#window[at];
      if (byte === LF || byte === CR) break;
      if (byte === COMMA) commas++;
      else if (byte === QUOTE) return -1;
    }
    return commas === extraFields ? at : -1;
  }

  /** The offset after the line feed that ends a row, or -1 if none does. */
  #findRowEnd(from: number): number {
    for (let at = from; at < this.#filledBytes; at++) {
      const byte = this.#window[at];
      if (byte === QUOTE) {
        this.#inQuotes = !this.#inQuotes;
      } else if (byte === LF) {
        this.#rowLineFeeds++;
        if (this.#inQuotes) continue;
        this.#scannedBytes = 0;
        return at + 1;
      }
    }
    return -1;
  }

  /** Decodes the row from `start` to before `end`, its line end included. */
  #decodeRow(start: number, end: number): void {
    const bytes = this.#window;
    const hasMark = this.#line === 1 &&
      BYTE_ORDER_MARK.every((byte, index) => bytes[start + index] === byte);
    const contentStart = hasMark ? start + BYTE_ORDER_MARK.length : start;
    let contentEnd = end;
    if (contentEnd > contentStart && bytes[contentEnd - 1] === LF) contentEnd--;
    if (contentEnd > contentStart && bytes[contentEnd - 1] === CR) contentEnd--;
    if (contentEnd > contentStart) {
      const fields = this.#split(contentStart, contentEnd);
      if (this.#fieldCount > 0) this.#append(contentStart, contentEnd, fields);
      else this.#checkHeader(contentStart, contentEnd, fields);
    }
    this.#line += this.#rowLineFeeds;
    this.#rowLineFeeds = 0;
  }

  /** Notes where the fields of a row are and returns how many there are. */
  #split(start: number, end: number): number {
    let fields = 0;
    for (let at = start;; at++) {
      const isQuoted = this.#window[at] === QUOTE && at < end;
      const from = isQuoted ? at + 1 : at;
      const to = isQuoted
        ? this.#closingQuote(from, end)
        : this.#unquotedEnd(from, end);
      if (fields < CSV_COLUMNS.length) {
        this.#starts[fields] = from;
        this.#ends[fields] = to;
      }
      fields++;
      at = isQuoted ? to + 1 : to;
      if (at === end) return fields;
      if (this.#window[at] !== COMMA) {
        this.#failAt("text follows a closing quote", at, end);
      }
    }
  }

  #closingQuote(from: number, end: number): number {
    for (let at = from; at < end; at++) {
      if (this.#window[at] !== QUOTE) continue;
      if (at + 1 === end || this.#window[at + 1] !== QUOTE) return at;
      at++;
    }
    return this.#failAt("a quote is never closed", from - 1, end);
  }

  #unquotedEnd(from: number, end: number): number {
    for (let at = from; at < end; at++) {
      const byte = this.#window[at]!;
      if (byte === COMMA) return at;
      if (byte === QUOTE) {
        this.#failAt("a quote stands in an unquoted field", from, end);
      }
      if (byte === CR) {
        this.#failAt(
          "a carriage return stands in an unquoted field",
          from,
          end,
        );
      }
    }
    return end;
  }

  #checkHeader(
    start: number,
    end: number,
    fields: number,
  ): void {
    const isHeader = fields >= CSV_COLUMNS.length &&
      CSV_COLUMNS.every((name, field) => this.#shown(field) === name);
    if (!isHeader) {
      this.#failAt(
        `the header does not begin with ${CSV_COLUMNS.join()}`,
        start,
        end,
      );
    }
    this.#fieldCount = fields;
  }

  #append(
    start: number,
    end: number,
    fields: number,
  ): void {
    if (fields !== this.#fieldCount) {
      this.#failAt(
        `there are ${fields} fields instead of ${this.#fieldCount}`,
        start,
        end,
      );
    }
    const timestamp = this.#number(0);
    const code = this.#series();
    const durationMs = this.#number(3);
    this.#columns.append(timestamp, code, durationMs, this.#number(4));
  }

  /** The code of the series that fields 1 and 2 name. */
  #series(): number {
    const start = this.#fieldStart(1);
    const known = this.#spellings.find(this.#view, start);
    if (known !== -1) return this.#spellings.code(known);
    const metricType = this.#id(1);
    const satelliteId = this.#id(2);
    const code = this.#columns.findSeries(metricType, satelliteId) ??
      this.#columns.addSeries(metricType, satelliteId);
    const spelling = this.#window.slice(start, this.#fieldStart(3));
    this.#spellings.add(spelling, code);
    return code;
  }

  /** Where the field starts, its quote included if it has one. */
  #fieldStart(field: number): number {
    const start = this.#starts[field]!;
    return this.#window[start - 1] === QUOTE ? start - 1 : start;
  }

  #number(field: number): number {
    const start = this.#starts[field]!;
    const end = this.#ends[field]!;
    const value = parseDecimal(this.#view, start, end);
    if (Number.isFinite(value)) return value;
    const text = this.#shown(field);
    const reason = PYTHON_NUMBER.test(text)
      ? `the ${
        CSV_COLUMNS[field]
      } is what Python writes for a number that is ` +
        "not finite"
      : Number.isNaN(value)
      ? `the ${CSV_COLUMNS[field]} is not a decimal number`
      : `the ${CSV_COLUMNS[field]} is too large for a double`;
    return this.#failAt(reason, start, end);
  }

  #id(field: number): string {
    const start = this.#starts[field]!;
    const content = this.#window.subarray(start, this.#ends[field]);
    let text;
    try {
      text = this.#strictText.decode(content);
    } catch {
      const reason = `the ${CSV_COLUMNS[field]} is not UTF-8`;
      return this.#failAt(reason, start, this.#ends[field]!);
    }
    // Only a quoted field holds quotes.
    return text.replaceAll('""', '"');
  }

  #shown(field: number): string {
    return this.#text.decode(
      this.#window.subarray(this.#starts[field], this.#ends[field]),
    );
  }

  #failAt(
    reason: string,
    start: number,
    end: number,
  ): never {
    const text = this.#text.decode(
      this.#window.subarray(
        start,
        Math.min(end, start + 4 * SHOWN_CHARACTERS + 4),
      ),
    );
    return this.#fail(`${reason}: ${show(text)}`);
  }

  #fail(reason: string): never {
    throw new CsvSyntaxError(reason, this.#line);
  }
}
