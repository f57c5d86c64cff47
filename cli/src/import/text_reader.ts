import { ImportError } from "./import_error.ts";

/** Characters that a row has at most: to parse them as JSON takes some 3 ms. */
export const MAX_ROW_CHARACTERS: number = 1024 * 1024;

/** Reads the text of a format, piece by piece, into rows. */
export interface TextReader {
  /**
   * Reads the text that follows what was read before. Where that may take more
   * than a millisecond, it goes on as its result is iterated over.
   */
  push(text: string): Iterable<void> | void;
  /** Reads what is left: nothing follows. */
  finish(): void;
}

/** A row that is longer than any should be. */
export function tooLong(line: number, remedy?: string): ImportError {
  return new ImportError(
    "BAD_ROW",
    `the row is longer than ${MAX_ROW_CHARACTERS} characters`,
    { line, remedy },
  );
}

/** Cuts text into lines, without their ends of LF or CRLF. */
export class LineReader implements TextReader {
  readonly #onLine: (text: string, line: number) => void;
  #parts: string[] = [];
  #length = 0;
  #line = 1;

  /** Calls `onLine` for each line that is not blank; lines count from 1. */
  constructor(onLine: (text: string, line: number) => void) {
    this.#onLine = onLine;
  }

  push(text: string): void {
    let at = 0;
    for (let end; (end = text.indexOf("\n", at)) !== -1; at = end + 1) {
      this.#parts.push(text.slice(at, end));
      this.#read();
    }
    if (at === text.length) return;
    this.#parts.push(text.slice(at));
    this.#length += text.length - at;
    if (this.#length > MAX_ROW_CHARACTERS) throw tooLong(this.#line);
  }

  finish(): void {
    if (this.#parts.length > 0) this.#read();
  }

  #read(): void {
    const text = this.#parts.length === 1
      ? this.#parts[0]!
      : this.#parts.join("");
    this.#parts = [];
    this.#length = 0;
    const line = text.endsWith("\r") ? text.slice(0, -1) : text;
    if (line.trim() !== "") this.#onLine(line, this.#line);
    this.#line++;
  }
}
