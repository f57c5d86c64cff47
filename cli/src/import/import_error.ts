/**
 * What is wrong with an input:
 *
 * | code              | meaning                                                 |
 * | ----------------- | ------------------------------------------------------- |
 * | `BAD_ROW`         | a row is not a measurement, or not of the format        |
 * | `BAD_MAPPING`     | a column or key is missing, or its meaning is not told  |
 * | `UNKNOWN_FORMAT`  | the format was not told and can't be seen               |
 * | `NO_SAMPLES`      | it has figures of samples, and not the samples          |
 * | `BAD_ENCODING`    | it is not text in UTF-8, or in UTF-16 with a mark       |
 */
export type ImportErrorCode =
  | "BAD_ROW"
  | "BAD_MAPPING"
  | "UNKNOWN_FORMAT"
  | "NO_SAMPLES"
  | "BAD_ENCODING";

/** What more is known of an {@linkcode ImportError}. */
export interface ImportErrorOptions extends ErrorOptions {
  /** The line where the row starts, from 1. */
  readonly line?: number | undefined;
  /** What to do about it. */
  readonly remedy?: string | undefined;
}

/** An input that cannot be imported. Nothing after the error was read. */
export class ImportError extends Error {
  /** Always `"ImportError"`. */
  override readonly name = "ImportError";
  /** What is wrong. */
  readonly code: ImportErrorCode;
  /** The line where the row starts that is wrong, from 1. */
  readonly line: number | undefined;
  /** What to do about it, where that is known. */
  readonly remedy: string | undefined;

  /** Makes an error; callers only ever catch one. */
  constructor(
    code: ImportErrorCode,
    reason: string,
    { line, remedy, ...options }: ImportErrorOptions = {},
  ) {
    const where = line === undefined ? "" : `Line ${line}: `;
    super(
      `${where}${reason}${remedy === undefined ? "" : `: ${remedy}`}`,
      options,
    );
    this.code = code;
    this.line = line;
    this.remedy = remedy;
  }
}

const SHOWN_CHARACTERS = 40;

/** The text in quotes for a message, cut to a sane length. */
export function show(text: string): string {
  return text.length <= SHOWN_CHARACTERS
    ? JSON.stringify(text)
    : `${JSON.stringify(text.slice(0, SHOWN_CHARACTERS))}...`;
}
