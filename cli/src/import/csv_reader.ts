import {
  type ColumnPlan,
  type Columns,
  planColumns,
  type PlanOptions,
  type Preset,
} from "./column_plan.ts";
import { CsvRecords, type OnRecord } from "./csv_records.ts";
import { ImportError, show } from "./import_error.ts";
import type { ImportedRows } from "./imported_rows.ts";
import type { ColumnRef } from "./import_options.ts";
import { refuseStatistics } from "./refuse_statistics.ts";
import { RowReader } from "./row_reader.ts";
import { MAX_ROW_CHARACTERS, type TextReader, tooLong } from "./text_reader.ts";

/** How a CSV is read. */
export interface CsvReaderOptions extends PlanOptions {
  readonly delimiter: string | undefined;
  readonly decimal: "." | ",";
  readonly header: boolean | undefined;
  readonly preset: Preset | undefined;
}

/** What stands between the fields of a CSV, if nobody tells. */
export const DELIMITERS: readonly string[] = Object.freeze([
  ...[",", ";", "\t", "|"],
]);

/** Reads a CSV by its header and a mapping. */
export class CsvReader implements TextReader {
  readonly #rows: ImportedRows;
  readonly #options: CsvReaderOptions;
  /** The text up to the end of the first line, which tells the delimiter. */
  #head = "";
  #records: CsvRecords | undefined;

  constructor(rows: ImportedRows, options: CsvReaderOptions) {
    this.#rows = rows;
    this.#options = options;
  }

  push(text: string): void {
    if (this.#records !== undefined) return this.#records.push(text);
    this.#head = (this.#head + text).replace(/^(?:\r?\n)+/, (blank) => {
      this.#rows.line += blank.split("\n").length - 1;
      return "";
    });
    if (this.#head.includes("\n")) return this.#begin();
    if (this.#head.length > MAX_ROW_CHARACTERS) throw tooLong(this.#rows.line);
  }

  finish(): void {
    if (this.#records === undefined && this.#head !== "") this.#begin();
    this.#records?.finish();
  }

  #begin(): void {
    const head = this.#head;
    this.#head = "";
    const delimiter = this.#options.delimiter ??
      findDelimiter(head.split(/\r?\n/, 1)[0]!, this.#options);
    const table = new CsvTable(this.#rows, this.#options, this.#rows.line - 1);
    this.#records = new CsvRecords(delimiter, table);
    this.#records.push(head);
  }
}

/** Makes rows of records: the first is the header, if there is one. */
class CsvTable implements OnRecord {
  readonly #rows: ImportedRows;
  readonly #options: CsvReaderOptions;
  /** Lines before those that the records count. */
  readonly #linesBefore: number;
  #plan: ColumnPlan<number> | undefined;
  #reader: RowReader | undefined;
  #fieldCount = 0;

  constructor(
    rows: ImportedRows,
    options: CsvReaderOptions,
    linesBefore: number,
  ) {
    this.#rows = rows;
    this.#options = options;
    this.#linesBefore = linesBefore;
  }

  record(fields: readonly string[], line: number): void {
    this.#rows.line = line + this.#linesBefore;
    if (this.#plan === undefined) {
      const hasHeader = this.#options.header ??
        !hasOnlyNumbers(this.#options.mapping);
      this.#begin(fields, hasHeader);
      if (hasHeader) return;
    }
    if (fields.length !== this.#fieldCount) {
      return this.#rows.fault(
        `the row has ${fields.length} fields, and the first ${this.#fieldCount}`,
      );
    }
    const { metricType, satelliteId, duration, scenarioTime, timestamp } = this
      .#plan!;
    this.#reader!.read(
      "ref" in metricType ? fields[metricType.ref]! : metricType.value,
      "ref" in satelliteId ? fields[satelliteId.ref]! : satelliteId.value,
      fields[duration]!,
      scenarioTime === undefined ? undefined : fields[scenarioTime]!,
      timestamp === undefined ? undefined : fields[timestamp]!,
    );
  }

  fault(reason: string, line: number): void {
    this.#rows.line = line + this.#linesBefore;
    // Without a header nothing more can be read.
    if (this.#plan === undefined) {
      throw new ImportError("BAD_ROW", reason, { line: this.#rows.line });
    }
    this.#rows.fault(reason);
  }

  #begin(fields: readonly string[], hasHeader: boolean): void {
    const names = fields.map((name) => name.trim());
    if (hasHeader) refuseStatistics(names);
    const { preset, decimal } = this.#options;
    const columns = csvColumns(names, hasHeader);
    this.#fieldCount = fields.length;
    this.#plan = planColumns(columns, this.#options, preset);
    this.#reader = new RowReader(this.#rows, this.#plan, decimal);
  }
}

/** Whether a mapping tells all of its columns by number. */
function hasOnlyNumbers(mapping: CsvReaderOptions["mapping"]): boolean {
  const refs = Object.values(mapping ?? {}).flatMap((it) =>
    typeof it !== "object" ? [it] : "column" in it ? [it.column] : []
  );
  return refs.length > 0 && refs.every((ref) => typeof ref === "number");
}

function csvColumns(
  names: readonly string[],
  hasHeader: boolean,
): Columns<number> {
  return {
    kind: "column",
    names: hasHeader ? names : names.map((_, index) => `${index + 1}`),
    find(ref: ColumnRef) {
      if (typeof ref === "number") {
        return Number.isInteger(ref) && ref >= 1 && ref <= names.length
          ? ref - 1
          : undefined;
      }
      const index = hasHeader ? names.indexOf(ref) : -1;
      if (index !== names.lastIndexOf(ref)) {
        throw new ImportError(
          "BAD_MAPPING",
          `there are several columns ${show(ref)}`,
          { remedy: "map one by its number" },
        );
      }
      return index === -1 ? undefined : index;
    },
  };
}

/** The delimiter of a first line. */
function findDelimiter(
  line: string,
  { mapping, decimal }: CsvReaderOptions,
): string {
  const unquoted = line.replace(/"(?:[^"]|"")*"?/g, "");
  const found = DELIMITERS.filter((it) =>
    unquoted.includes(it) && !(it === "," && decimal === ",")
  );
  if (found.length <= 1) return found[0] ?? ",";
  const wanted = Object.values(mapping ?? {}).flatMap((it) =>
    typeof it === "string"
      ? [it]
      : typeof it === "object" && "column" in it
      ? [it.column]
      : []
  ).filter((it) => typeof it === "string");
  const fitting = found.filter((delimiter) => {
    const names = line.split(delimiter).map((it) =>
      it.trim().replace(/^"(.*)"$/, "$1")
    );
    return wanted.length > 0 && wanted.every((it) => names.includes(it));
  });
  if (fitting.length === 1) return fitting[0]!;
  throw new ImportError(
    "BAD_MAPPING",
    `the first line has ${found.map(show).join(" and ")}`,
    { remedy: "tell which of them is the delimiter" },
  );
}
