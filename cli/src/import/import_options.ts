import type { TimeUnit } from "./time_unit.ts";

/** A format that can be imported. */
export type ImportFormat =
  | "csv"
  | "jsonl"
  | "lines"
  | "jtl"
  | "k6"
  | "mitata"
  | "hyperfine";

/** Every format that can be imported. */
export const IMPORT_FORMATS: readonly ImportFormat[] = Object.freeze(
  ["csv", "jsonl", "lines", "jtl", "k6", "mitata", "hyperfine"] as const,
);

/**
 * Where a field comes from: a column by its name in the header or its number
 * from 1 on; of JSON, a key, or keys on a path as `"data.tags.url"`.
 */
export type ColumnRef = string | number;

/** A column or key, or the same for every row. */
export type MappedName =
  | { readonly column: ColumnRef }
  | { readonly value: string };

/** Which column is what. */
export interface ColumnMapping {
  /** What was measured. */
  readonly metricType?: MappedName;
  /** What it was measured on. */
  readonly satelliteId?: MappedName;
  /** How long it took. */
  readonly duration?: ColumnRef;
  /** Simulation time. */
  readonly scenarioTime?: ColumnRef;
  /** When it happened: Unix time, or ISO 8601. */
  readonly timestamp?: ColumnRef;
}

/** How measurements are read; what is told goes before what is seen. */
export interface ReadMeasurementsOptions {
  /**
   * The format of the input.
   *
   * @default {undefined} it is told by the beginning of the input
   */
  readonly format?: ImportFormat;
  /**
   * Which column or key is what.
   *
   * @default the names of the package's own CSV and JSON lines, or those of the
   * tool whose output it is
   */
  readonly mapping?: ColumnMapping;
  /**
   * The unit of durations.
   *
   * @default the unit that the column's name ends in, as in `wait_us`; else `"ms"`
   */
  readonly durationUnit?: TimeUnit;
  /**
   * The unit of scenario times.
   *
   * @default the unit that the column's name ends in; else `"s"`
   */
  readonly timeUnit?: TimeUnit;
  /**
   * The unit of timestamps that are numbers.
   *
   * @default the unit that the column's name ends in; else `"s"`, of JMeter `"ms"`
   */
  readonly timestampUnit?: TimeUnit;
  /**
   * The time at which scenario time is 0, where rows have a timestamp alone:
   * that of the first row, the earliest of the first 4,096, or a Unix time in
   * seconds. A row before it is a bad one.
   *
   * @default {"first"} of JMeter and k6, which write in no strict order,
   * `"earliest"`
   */
  readonly timeOrigin?: "first" | "earliest" | number;
  /**
   * What stands between the fields of a CSV.
   *
   * @default {undefined} the one of comma, semicolon, tab and `|` that the first
   * line has
   */
  readonly delimiter?: string;
  /**
   * The decimal sign of a CSV or of lines. The other one is not taken for a
   * separator of thousands: such a number is a bad one.
   *
   * @default {"."}
   */
  readonly decimal?: "." | ",";
  /**
   * Whether the first line of a CSV names the columns.
   *
   * @default {undefined} it does, unless all columns are told by number
   */
  readonly header?: boolean;
  /**
   * The metric types to import.
   *
   * @default {undefined} all; of k6 those that are times
   */
  readonly metrics?: readonly string[];
  /**
   * What becomes of a row that is no measurement: it fails the import, or is
   * passed over and counted.
   *
   * @default {"fail"}
   */
  readonly badRows?: "fail" | "skip";
  /**
   * How many bytes may come out of a compressed input.
   *
   * @default {4294967296}
   */
  readonly maxBytes?: number;
  /**
   * Ends the reading with its reason.
   *
   * @default {undefined} it is not ended
   */
  readonly signal?: AbortSignal;
}
