import { ImportError, show } from "./import_error.ts";
import type {
  ColumnMapping,
  ColumnRef,
  ReadMeasurementsOptions,
} from "./import_options.ts";
import { type TimeUnit, unitInName } from "./time_unit.ts";

/** What of the options a plan is made by. */
export type PlanOptions = Pick<
  ReadMeasurementsOptions,
  "mapping" | "durationUnit" | "timeUnit" | "timestampUnit"
>;

/** What a tool's output is known to be. */
export interface Preset {
  readonly mapping: ColumnMapping;
  readonly durationUnit?: TimeUnit;
  readonly timestampUnit?: TimeUnit;
}

/** Where a name comes from: a column or key, or the same for all rows. */
export type NameSource<R> = { readonly ref: R } | { readonly value: string };

/** Where each field of a measurement comes from, and in what unit. */
export interface ColumnPlan<R> {
  readonly metricType: NameSource<R>;
  readonly satelliteId: NameSource<R>;
  readonly duration: R;
  readonly scenarioTime: R | undefined;
  readonly timestamp: R | undefined;
  readonly durationUnit: TimeUnit;
  readonly timeUnit: TimeUnit;
  readonly timestampUnit: TimeUnit;
  /** Where numbers stand, for messages: ` in column "wait_us"`. */
  readonly places: NumberPlaces;
}

/** Where numbers stand, for messages. */
export interface NumberPlaces {
  readonly duration: string;
  readonly scenarioTime: string;
  readonly timestamp: string;
}

/** What an input has: columns of a CSV, or keys of its first JSON line. */
export interface Columns<R> {
  /** What one is called in messages: `column` or `key`. */
  readonly kind: string;
  /** Their names, for messages. */
  readonly names: readonly string[];
  /** Finds one of them. */
  find(ref: ColumnRef): R | undefined;
}

/** The names that are known without a mapping, the package's own first. */
export const KNOWN_COLUMNS: Readonly<
  Record<keyof ColumnMapping, readonly string[]>
> = Object.freeze({
  metricType: ["metric_type", "metricType", "metric"],
  satelliteId: ["satellite_id", "satelliteId", "satellite"],
  duration: [
    ...["duration_ms", "durationMs", "duration_us", "duration_ns"],
    "duration_s",
  ],
  scenarioTime: ["scenario_time_s", "scenarioTimeS"],
  timestamp: ["timestamp"],
});

const TITLES: Readonly<Record<keyof ColumnMapping, string>> = {
  metricType: "metric type",
  satelliteId: "satellite",
  duration: "duration",
  scenarioTime: "scenario time",
  timestamp: "timestamp",
};

/** Names that a message lists. */
const LISTED_NAMES = 20;

/**
 * Finds the columns of each field.
 *
 * @throws {ImportError} `BAD_MAPPING`: one that is needed is missing.
 */
export function planColumns<R>(
  columns: Columns<R>,
  options: PlanOptions,
  preset?: Preset,
): ColumnPlan<R> {
  const mapping = { ...preset?.mapping, ...options.mapping };
  const duration = required(columns, "duration", mapping.duration);
  const scenarioTime = optional(columns, "scenarioTime", mapping.scenarioTime);
  const timestamp = optional(columns, "timestamp", mapping.timestamp);
  return {
    metricType: nameSource(columns, "metricType", mapping),
    satelliteId: nameSource(columns, "satelliteId", mapping),
    duration: duration.ref,
    scenarioTime: scenarioTime?.ref,
    timestamp: timestamp?.ref,
    durationUnit: options.durationUnit ?? preset?.durationUnit ??
      unitInName(String(duration.name)) ?? "ms",
    timeUnit: options.timeUnit ?? unitInName(String(scenarioTime?.name)) ?? "s",
    timestampUnit: options.timestampUnit ?? preset?.timestampUnit ??
      unitInName(String(timestamp?.name)) ?? "s",
    places: {
      duration: placeOf(columns, duration),
      scenarioTime: placeOf(columns, scenarioTime),
      timestamp: placeOf(columns, timestamp),
    },
  };
}

/** Whether the known names are enough to tell a measurement. */
export function hasKnownColumns(names: readonly string[]): boolean {
  return (["metricType", "satelliteId", "duration"] as const).every((field) =>
    KNOWN_COLUMNS[field].some((name) => names.includes(name))
  );
}

interface Found<R> {
  readonly ref: R;
  readonly name: ColumnRef;
}

function placeOf<R>(columns: Columns<R>, found: Found<R> | undefined): string {
  return found === undefined ? "" : ` in ${columns.kind} ${shown(found.name)}`;
}

function shown(ref: ColumnRef): string {
  return typeof ref === "string" ? show(ref) : String(ref);
}

function nameSource<R>(
  columns: Columns<R>,
  field: "metricType" | "satelliteId",
  mapping: ColumnMapping,
): NameSource<R> {
  const mapped = mapping[field];
  if (mapped !== undefined && "value" in mapped) return mapped;
  return { ref: required(columns, field, mapped?.column).ref };
}

function required<R>(
  columns: Columns<R>,
  field: keyof ColumnMapping,
  ref: ColumnRef | undefined,
): Found<R> {
  const found = optional(columns, field, ref);
  if (found !== undefined) return found;
  const orValue = field === "duration" ? "" : ", or give it a value";
  throw new ImportError(
    "BAD_MAPPING",
    `no ${columns.kind} is known to be the ${TITLES[field]}`,
    { remedy: `map one of ${listed(columns.names)}${orValue}` },
  );
}

function optional<R>(
  columns: Columns<R>,
  field: keyof ColumnMapping,
  ref: ColumnRef | undefined,
): Found<R> | undefined {
  if (ref !== undefined) {
    const found = columns.find(ref);
    if (found !== undefined) return { ref: found, name: ref };
    throw new ImportError(
      "BAD_MAPPING",
      `there is no ${columns.kind} ${shown(ref)} for the ${TITLES[field]}`,
      { remedy: `there are ${listed(columns.names)}` },
    );
  }
  for (const name of KNOWN_COLUMNS[field]) {
    const found = columns.find(name);
    if (found !== undefined) return { ref: found, name };
  }
  return undefined;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, LISTED_NAMES).map(show).join(", ");
  return names.length > LISTED_NAMES ? `${shown}, ...` : shown;
}
