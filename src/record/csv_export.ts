import type { ColumnsView } from "../columns/measurement_columns.ts";

/** Options of {@linkcode LatencyCollector.exportCsv}. */
export interface ExportCsvOptions {
  /**
   * Puts a `'` before an id that a spreadsheet would run as a formula (one
   * that starts with `=`, `+`, `-` or `@`, be they full-width, or with a tab or
   * line end). The file is then for people: reading it back gives the ids with the `'`.
   *
   * @default {false}
   */
  readonly defuseFormulas?: boolean;
  /**
   * Compresses the file: `"gzip"` to a third of its size or less, in some 25 ms
   * a megabyte. Where its path ends in `.csv.gz`, DuckDB and others read it as
   * it is.
   *
   * @default {undefined} not compressed
   */
  readonly compression?: "gzip";
}

/** Writes measurements to a CSV file of their own. */
export type WriteCsv = (
  columns: ColumnsView,
  path: string,
  options: ExportCsvOptions,
) => Promise<void>;

/**
 * Where `store/` puts what writes the CSV: `exportCsv()` is the original's
 * method of a class that knows no disk.
 */
export const csvExport: { write?: WriteCsv } = {};
