import {
  type ColumnsView,
  MeasurementColumns,
  rowsInBlock,
} from "../columns/measurement_columns.ts";
import type { Measurement } from "../model/measurement.ts";
import type {
  ByMetricType,
  BySatellite,
  MetricStats,
} from "../model/metrics.ts";
import { requireUnixTime } from "../model/local_time.ts";
import { requireFunction, requireOptions, shown } from "../model/options.ts";
import { runAtOnce } from "../event_loop/sliced.ts";
import {
  countsByType,
  statsBySatellite,
  statsByType,
} from "../statistics/stats_document.ts";
import type { RunStatistics } from "../statistics/run_statistics.ts";
import { summarize } from "../statistics/summarize.ts";
import { type Clock, latestTime, readSystemClock } from "./clock.ts";
import { csvExport, type ExportCsvOptions } from "./csv_export.ts";

/** Options of a {@linkcode LatencyCollector}. */
export interface LatencyCollectorOptions {
  /**
   * Gives the timestamp of a measurement that has none.
   *
   * @default the system's time, to the microsecond
   */
  readonly clock?: Clock;
}

/** A measurement to record; without a timestamp it happened just now. */
export type NewMeasurement =
  & Omit<Measurement, "timestamp">
  & Partial<Pick<Measurement, "timestamp">>;

/** What {@linkcode LatencyCollector.getSummary} tells of an empty collector. */
export interface EmptyCollectorSummary {
  /** Nothing was recorded. */
  readonly total_measurements: 0;
  /** Always empty. */
  readonly metrics: Readonly<Record<string, never>>;
  /** Missing: tells the two kinds of summary apart. */
  readonly stats?: undefined;
}

/** What {@linkcode LatencyCollector.getSummary} tells of its measurements. */
export interface CollectorSummary {
  /** How many measurements there are. */
  readonly total_measurements: number;
  /** How many of each metric type. */
  readonly measurement_types: ByMetricType<number>;
  /** Statistics of each metric type, over all satellites. */
  readonly stats: ByMetricType<MetricStats>;
  /** Statistics of each satellite (the outer key) and metric type. */
  readonly stats_by_satellite: BySatellite<ByMetricType<MetricStats>>;
}

/** Tells a collector of another copy of the package. */
const BRAND = Symbol.for("@astraguard/hil-metrics/LatencyCollector");

interface Branded {
  readonly [BRAND]?: unknown;
}

/** Whether a value is a collector, of this or of another copy of the package. */
export function isCollector(value: unknown): value is LatencyCollector {
  return (value as Branded | null | undefined)?.[BRAND] === true;
}

/** The columns behind a collector. */
export let columnsOf: (collector: LatencyCollector) => MeasurementColumns;

/** A collector of the measurements in these columns, which it may add to. */
export let collectorOf: (columns: MeasurementColumns) => LatencyCollector;

/**
 * Records latencies while a bench runs: 28 bytes each, without an object a
 * measurement.
 *
 * Recording may go on while what is there is being saved: a save takes the
 * measurements there are when it is called.
 *
 * @example Record and summarise
 * ```ts
 * import { LatencyCollector } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const collector = new LatencyCollector();
 * collector.recordFaultDetection("SAT1", 120.5, 75.2);
 * collector.recordAgentDecision("SAT1", 120.6, 131.7);
 * collector.record({
 *   metricType: "downlink",
 *   satelliteId: "SAT2",
 *   durationMs: 12.5,
 *   scenarioTimeS: 121,
 * });
 * assertEquals(collector.length, 3);
 * assertEquals(collector.getStats().downlink?.max_ms, 12.5);
 * ```
 */
export class LatencyCollector {
  #columns = new MeasurementColumns();
  readonly #clock: Clock | undefined;

  /** Makes an empty collector. */
  constructor(options: LatencyCollectorOptions = {}) {
    requireOptions(options);
    const { clock } = options;
    if (clock !== undefined) requireFunction("clock", clock);
    this.#clock = clock;
  }

  static {
    columnsOf = (collector) => {
      if (typeof collector === "object" && collector && #columns in collector) {
        return collector.#columns;
      }
      throw new TypeError(
        isCollector(collector)
          ? "This LatencyCollector is of another copy of " +
            "@astraguard/hil-metrics: import both from the same one"
          : `A LatencyCollector is needed: ${shown(collector)}`,
      );
    };
    Object.defineProperty(this.prototype, BRAND, { value: true });
    collectorOf = (columns) => {
      const collector = new LatencyCollector();
      collector.#columns = columns;
      return collector;
    };
  }

  /** How many measurements there are. */
  get length(): number {
    return this.#columns.length;
  }

  /**
   * The measurements in recording order, each made when it is reached; those
   * recorded after the iteration began are not part of it.
   *
   * @example Look at each
   * ```ts
   * import { LatencyCollector } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const collector = new LatencyCollector({ clock: () => 1770645801.25 });
   * collector.recordRecoveryAction("SAT1", 3, 208.5);
   * assertEquals([...collector], [{
   *   timestamp: 1770645801.25,
   *   metricType: "recovery_action",
   *   satelliteId: "SAT1",
   *   durationMs: 208.5,
   *   scenarioTimeS: 3,
   * }]);
   * ```
   */
  [Symbol.iterator](): Iterator<Measurement> {
    return iterate(this.#columns.snapshot());
  }

  /** The same, to be iterated over more than once. */
  get measurements(): Iterable<Measurement> {
    return { [Symbol.iterator]: () => this[Symbol.iterator]() };
  }

  /** The metric types, each in the order of its first measurement. */
  get metricTypes(): string[] {
    return [...new Set(this.#columns.series.map((it) => it.metricType))];
  }

  /** The satellites, each in the order of its first measurement. */
  get satelliteIds(): string[] {
    return [...new Set(this.#columns.series.map((it) => it.satelliteId))];
  }

  /**
   * Records how long it took to notice a fault.
   *
   * @param satelliteId The satellite it was measured on.
   * @param scenarioTimeS Simulation time in seconds.
   * @param durationMs From injection to detection, in milliseconds.
   * @throws {RangeError} A number is negative or not finite, the id is blank or
   * holds control characters or lone surrogates, or the clock gives no Unix time
   * in seconds; nothing is recorded.
   * @throws {TypeError} An argument is of the wrong type; nothing is recorded.
   */
  recordFaultDetection(
    satelliteId: string,
    scenarioTimeS: number,
    durationMs: number,
  ): void {
    this.#append("fault_detection", satelliteId, durationMs, scenarioTimeS);
  }

  /**
   * Records how long an agent took to decide; arguments and errors are those
   * of {@linkcode LatencyCollector.recordFaultDetection}.
   */
  recordAgentDecision(
    satelliteId: string,
    scenarioTimeS: number,
    durationMs: number,
  ): void {
    this.#append("agent_decision", satelliteId, durationMs, scenarioTimeS);
  }

  /**
   * Records how long a recovery took; arguments and errors are those of
   * {@linkcode LatencyCollector.recordFaultDetection}.
   */
  recordRecoveryAction(
    satelliteId: string,
    scenarioTimeS: number,
    durationMs: number,
  ): void {
    this.#append("recovery_action", satelliteId, durationMs, scenarioTimeS);
  }

  /**
   * Records a measurement of any metric type.
   *
   * @throws {RangeError} A number is negative (the timestamp may be) or not
   * finite, an id is blank or holds control characters or lone surrogates, or
   * the clock gives no Unix time in seconds; nothing is recorded.
   * @throws {TypeError} A field is of the wrong type; nothing is recorded.
   */
  record(measurement: NewMeasurement): void {
    const { metricType, satelliteId, durationMs, scenarioTimeS, timestamp } =
      measurement;
    this.#append(
      metricType,
      satelliteId,
      durationMs,
      scenarioTimeS,
      timestamp,
    );
  }

  /**
   * Forgets all measurements. A save that is under way still has them.
   */
  reset(): void {
    this.#columns = new MeasurementColumns();
  }

  /**
   * Statistics of each metric type, over all satellites; `{}` when empty.
   *
   * As in any JavaScript object, a type that looks like an array index comes
   * first; {@linkcode LatencyCollector.metricTypes} has the recording order,
   * and so has the file.
   */
  getStats(): ByMetricType<MetricStats> {
    return statsByType(this.#summarize());
  }

  /**
   * Statistics of each satellite (the outer key) and metric type; `{}` when
   * empty.
   */
  getStatsBySatellite(): BySatellite<ByMetricType<MetricStats>> {
    return statsBySatellite(this.#summarize());
  }

  /**
   * Counts and all statistics in one document.
   *
   * @example
   * ```ts
   * import { LatencyCollector } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * assertEquals(new LatencyCollector().getSummary(), {
   *   total_measurements: 0,
   *   metrics: {},
   * });
   * ```
   */
  getSummary(): CollectorSummary | EmptyCollectorSummary {
    if (this.length === 0) return { total_measurements: 0, metrics: {} };
    const statistics = this.#summarize();
    return {
      total_measurements: this.length,
      measurement_types: countsByType(statistics),
      stats: statsByType(statistics),
      stats_by_satellite: statsBySatellite(statistics),
    };
  }

  /**
   * Writes the measurements to a CSV file of its own, making its directory
   * where needed; a file that is there is replaced whole or not at all. A
   * relative path is taken from the working directory there is now.
   *
   * Needs `--allow-read` and `--allow-write` for the directory.
   *
   * @throws {StorageError} `UNSAFE_PATH`: something else than a regular file
   * is there. `TOO_LARGE`: the path is too long. `PERMISSION_DENIED`,
   * `NO_SPACE`, `LOCKED`, `IO_FAILED`: the system refuses.
   * @throws {TypeError} The path is not a string, or an option is of the wrong
   * type or none of its values.
   * @throws {RangeError} The path is blank, or there are no measurements.
   *
   * @example Hand over a compressed copy
   * ```ts
   * import { LatencyCollector } from "@astraguard/hil-metrics";
   * import { assert } from "@std/assert";
   *
   * const directory = await Deno.makeTempDir();
   * const collector = new LatencyCollector();
   * collector.recordFaultDetection("SAT1", 120.5, 75.2);
   * await collector.exportCsv(`${directory}/run.csv.gz`, {
   *   compression: "gzip",
   * });
   *
   * using file = await Deno.open(`${directory}/run.csv.gz`);
   * const csv = file.readable.pipeThrough(new DecompressionStream("gzip"));
   * assert((await new Response(csv).text()).endsWith(",75.2,120.5\r\n"));
   * await Deno.remove(directory, { recursive: true });
   * ```
   */
  async exportCsv(path: string, options: ExportCsvOptions = {}): Promise<void> {
    const write = csvExport.write;
    if (write === undefined) {
      throw new TypeError("exportCsv() needs @astraguard/hil-metrics itself");
    }
    await write(this.#columns.snapshot(), path, options);
  }

  /** What `console.log` shows of it. */
  [Symbol.for("Deno.customInspect")](
    inspect: (value: unknown, options: unknown) => string,
    options: unknown,
  ): string {
    const { length, metricTypes, satelliteIds } = this;
    const held = inspect({ length, metricTypes, satelliteIds }, options);
    return `LatencyCollector ${held}`;
  }

  #append(
    metricType: string,
    satelliteId: string,
    durationMs: number,
    scenarioTimeS: number,
    timestamp?: number,
  ): void {
    if (timestamp === undefined) {
      if (this.#clock !== undefined) {
        timestamp = requireUnixTime("clock", this.#clock());
      } else {
        readSystemClock();
        timestamp = latestTime[0]!;
      }
    }
    // Negated, since nothing is true of NaN; what is null or text is told apart
    // where the number is explained.
    if (
      !(durationMs >= 0 && durationMs < Infinity && scenarioTimeS >= 0 &&
        scenarioTimeS < Infinity && Number.isFinite(timestamp)) ||
      typeof durationMs !== "number" || typeof scenarioTimeS !== "number"
    ) throw wrongNumber({ durationMs, scenarioTimeS }, timestamp);
    const code = this.#columns.findSeries(metricType, satelliteId) ??
      this.#addSeries(metricType, satelliteId);
    this.#columns.append(timestamp, code, durationMs, scenarioTimeS);
  }

  #addSeries(metricType: string, satelliteId: string): number {
    requireName("metricType", metricType);
    requireName("satelliteId", satelliteId);
    return this.#columns.addSeries(metricType, satelliteId);
  }

  #summarize(): RunStatistics {
    return runAtOnce(summarize(this.#columns.snapshot()));
  }
}

function* iterate(columns: ColumnsView): Generator<Measurement> {
  for (const [index, block] of columns.blocks.entries()) {
    const rows = rowsInBlock(columns, index);
    for (let row = 0; row < rows; row++) {
      const series = columns.series[block.seriesCodes[row]!]!;
      yield {
        timestamp: block.timestamps[row]!,
        metricType: series.metricType,
        satelliteId: series.satelliteId,
        durationMs: block.durationsMs[row]!,
        scenarioTimeS: block.scenarioTimesS[row]!,
      };
    }
  }
}

/** The error for the first of these that cannot be recorded. */
function wrongNumber(
  values: Record<string, number>,
  timestamp: number,
): RangeError | TypeError {
  for (const [name, value] of Object.entries({ ...values, timestamp })) {
    if (typeof value !== "number") {
      const message = `${name} must be a finite number: ${shown(value)}`;
      return new TypeError(`Cannot record: ${message}`);
    }
    if (!Number.isFinite(value)) {
      return new RangeError(
        `Cannot record: ${name} must be a finite number: ${value}`,
      );
    }
    if (value < 0 && name !== "timestamp") {
      return new RangeError(
        `Cannot record: ${name} must not be negative: ${value}`,
      );
    }
  }
  throw new Error("nothing is wrong with them");
}

function requireName(name: string, value: string): void {
  if (typeof value !== "string") {
    throw new TypeError(
      `Cannot record: ${name} must be a string: ${shown(value)}`,
    );
  }
  const flaw = value === ""
    ? "empty"
    : value.trim() === ""
    ? "blank"
    : !value.isWellFormed()
    ? "not well-formed Unicode"
    : /\p{Cc}/u.test(value)
    ? "with control characters"
    : undefined;
  if (flaw !== undefined) {
    throw new RangeError(
      `Cannot record: ${name} is ${flaw}: ${JSON.stringify(value)}`,
    );
  }
}
