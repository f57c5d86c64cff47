import type { SaveOptions } from "@astraguard/hil-metrics";
import type {
  ColumnRef,
  ImportFormat,
  MappedName,
  ReadMeasurementsOptions,
} from "../import/import_options.ts";
import type { ImportedMeasurements } from "../import/read_measurements.ts";
import type { TimeUnit } from "../import/time_unit.ts";
import { counted } from "../tables/figures.ts";
import { warn } from "../tables/warn.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** Options of commands that read measurements. */
export interface InputOptions {
  readonly format?: ImportFormat;
  readonly metric?: string;
  readonly metricColumn?: string;
  readonly satellite?: string;
  readonly satelliteColumn?: string;
  readonly duration?: string;
  readonly time?: string;
  readonly timestamp?: string;
  readonly unit?: TimeUnit;
  readonly timeUnit?: TimeUnit;
  readonly timestampUnit?: TimeUnit;
  readonly timeOrigin?: "first" | "earliest" | number;
  readonly delimiter?: string;
  readonly decimalComma?: true;
  readonly header: boolean;
  readonly only?: readonly string[];
  readonly skipBadRows?: true;
  readonly label?: Record<string, string>;
  readonly replace?: true;
}

/** The same as the reader takes them. */
export function readOptionsOf(options: InputOptions): ReadMeasurementsOptions {
  const metricType = nameOf("metric", options.metric, options.metricColumn);
  const satelliteId = nameOf(
    "satellite",
    options.satellite,
    options.satelliteColumn,
  );
  const { duration, time, timestamp } = options;
  const mapping = {
    ...(metricType && { metricType }),
    ...(satelliteId && { satelliteId }),
    ...(duration !== undefined && { duration: columnOf(duration) }),
    ...(time !== undefined && { scenarioTime: columnOf(time) }),
    ...(timestamp !== undefined && { timestamp: columnOf(timestamp) }),
  };
  const { format, unit, timeUnit, timestampUnit } = options;
  const { timeOrigin, delimiter, only } = options;
  return {
    ...(Object.keys(mapping).length > 0 && { mapping }),
    ...(format !== undefined && { format }),
    ...(unit !== undefined && { durationUnit: unit }),
    ...(timeUnit !== undefined && { timeUnit }),
    ...(timestampUnit !== undefined && { timestampUnit }),
    ...(timeOrigin !== undefined && { timeOrigin }),
    ...(delimiter !== undefined && {
      delimiter: delimiter === "tab" ? "\t" : delimiter,
    }),
    ...(options.decimalComma && { decimal: "," as const }),
    ...(!options.header && { header: false }),
    ...(only !== undefined && { metrics: only }),
    ...(options.skipBadRows && { badRows: "skip" as const }),
  };
}

/** How the run that is made of them is saved. */
export function saveOptionsOf({ label, replace }: InputOptions): SaveOptions {
  return {
    ...(label && { labels: label }),
    ifExists: replace ? "replace" : "fail",
  };
}

/** Tells how many rows were no measurements, and what the first of them was. */
export function warnOfSkipped(
  { skippedRows, firstSkipped }: ImportedMeasurements,
  terminal: Terminal,
): void {
  if (skippedRows === 0) return;
  const skipped = `${counted(skippedRows, "bad row")} skipped`;
  warn(`${skipped}; ${firstSkipped?.message ?? ""}`, terminal);
}

function nameOf(
  what: string,
  value: string | undefined,
  column: string | undefined,
): MappedName | undefined {
  if (value !== undefined && column !== undefined) {
    throw new UsageError(`Give either --${what} or --${what}-column`);
  }
  if (value !== undefined) return { value };
  return column === undefined ? undefined : { column: columnOf(column) };
}

/** A column by its number from 1, or its name. */
function columnOf(text: string): ColumnRef {
  return /^[1-9]\d*$/.test(text) ? Number(text) : text;
}
