import { MAX_ROW_CHARACTERS, type TextReader, tooLong } from "./text_reader.ts";

/** Is told of each record, and of one that is not well-formed. */
export interface OnRecord {
  record(fields: readonly string[], line: number): void;
  fault(reason: string, line: number): void;
}

const OUTSIDE = 0;
const INSIDE = 1;
/** After a quote within quotes: the end of them, or half of a doubled one. */
const AFTER_QUOTE = 2;

/**
 * Cuts text into the records of a CSV (RFC 4180 with any delimiter). They end in
 * LF or CRLF; blank lines are passed over. A field is quoted or not; what stands
 * between quotes is kept as it is, and a quote in a field without them is a
 * fault of that record alone.
 *
 * Note: `CsvParseStream` of @std/csv reads CRLF within quotes as LF and cannot
 * go on after a bad record.
 */
export class CsvRecords implements TextReader {
  readonly #delimiter: string;
  readonly #on: OnRecord;
  #parts: string[] = [];
  #length = 0;
  #line = 1;
  #state = OUTSIDE;
  #hasQuote = false;
  /** The character before the next one; an end of line before the first. */
  #last = "\n";

  constructor(delimiter: string, on: OnRecord) {
    this.#delimiter = delimiter;
    this.#on = on;
  }

  push(text: string): void {
    let quote = text.indexOf('"');
    let at = 0;
    for (;;) {
      if (quote !== -1 && quote < at) quote = text.indexOf('"', at);
      const isPlain = quote === -1 && this.#state === OUTSIDE;
      const end = isPlain ? text.indexOf("\n", at) : this.#findEnd(text, at);
      if (end === -1) break;
      this.#parts.push(text.slice(at, end));
      this.#read();
      at = end + 1;
      this.#last = "\n";
    }
    if (at === text.length) return;
    this.#parts.push(text.slice(at));
    this.#last = text.at(-1)!;
    this.#length += text.length - at;
    if (this.#length > MAX_ROW_CHARACTERS) {
      throw tooLong(
        this.#line,
        this.#hasQuote ? "look for a quote without its end" : undefined,
      );
    }
  }

  finish(): void {
    if (this.#parts.length === 0) return;
    if (this.#state === INSIDE) {
      this.#on.fault("the last field has no closing quote", this.#line);
    } else {
      this.#read();
    }
  }

  /** The line end outside quotes that comes next, or -1. */
  #findEnd(text: string, from: number): number {
    for (let at = from; at < text.length;) {
      if (this.#state === INSIDE) {
        at = text.indexOf('"', at);
        if (at === -1) return -1;
        at++;
        this.#state = AFTER_QUOTE;
      } else if (this.#state === AFTER_QUOTE) {
        this.#state = text[at] === '"' ? INSIDE : OUTSIDE;
        if (this.#state === INSIDE) at++;
      } else {
        const lineEnd = text.indexOf("\n", at);
        const quote = text.indexOf('"', at);
        if (quote === -1 || (lineEnd !== -1 && lineEnd < quote)) return lineEnd;
        const before = quote === 0 ? this.#last : text[quote - 1]!;
        // Elsewhere than at the start of a field it opens nothing.
        if (before === this.#delimiter || before === "\n") {
          this.#state = INSIDE;
        }
        this.#hasQuote = true;
        at = quote + 1;
      }
    }
    return -1;
  }

  #read(): void {
    const text = this.#parts.length === 1
      ? this.#parts[0]!
      : this.#parts.join("");
    const line = this.#line;
    const hasQuote = this.#hasQuote;
    this.#parts = [];
    this.#length = 0;
    this.#hasQuote = false;
    this.#state = OUTSIDE;
    this.#line++;
    const record = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (record === "") return;
    if (!hasQuote) return this.#on.record(record.split(this.#delimiter), line);
    for (let at = -1; (at = record.indexOf("\n", at + 1)) !== -1;) this.#line++;
    const fields = splitQuoted(record, this.#delimiter);
    if (typeof fields === "string") this.#on.fault(fields, line);
    else this.#on.record(fields, line);
  }
}

/** The fields of a record with quotes, or what is wrong with it. */
function splitQuoted(record: string, delimiter: string): string[] | string {
  const fields: string[] = [];
  for (let at = 0;;) {
    if (record[at] === '"') {
      let end = at + 1;
      for (;; end += 2) {
        end = record.indexOf('"', end);
        if (end === -1) return "a quoted field has no closing quote";
        if (record[end + 1] !== '"') break;
      }
      fields.push(record.slice(at + 1, end).replaceAll('""', '"'));
      at = end + 1;
      if (at === record.length) return fields;
      if (record[at] !== delimiter) {
        return "something follows the closing quote of a field";
      }
    } else {
      const end = record.indexOf(delimiter, at);
      const field = end === -1 ? record.slice(at) : record.slice(at, end);
      if (field.includes('"')) {
        return "a quote stands in a field without quotes";
      }
      fields.push(field);
      if (end === -1) return fields;
      at = end;
    }
    at++;
  }
}
