import type { ColumnsView } from "../columns/measurement_columns.ts";
import { copyLabels } from "../model/labels.ts";
import type { RunLabels } from "../model/metrics.ts";
import { requireBoolean, shown } from "../model/options.ts";
import {
  columnsOf,
  isCollector,
  type LatencyCollector,
} from "../record/latency_collector.ts";

/** A run to judge, and what is known of it. */
export interface JudgedRun {
  /** Its measurements. */
  readonly measurements: LatencyCollector;
  /** Its id, for messages. */
  readonly runId?: string | undefined;
  /**
   * When it took place: ISO 8601 (local time without an offset, as summaries
   * have it), a `Date`, or Unix time in seconds.
   *
   * @default the timestamp of the first measurement
   */
  readonly timestamp?: string | Date | number | undefined;
  /** What the bench says of it. The label `host` names its machine. */
  readonly labels?: RunLabels | undefined;
  /** Whether it ended before its end. */
  readonly incomplete?: boolean | undefined;
}

/** A run as functions of the judge take it. */
export type RunToJudge = LatencyCollector | JudgedRun;

/** A run with its measurements as of now. */
export interface TakenRun {
  readonly measurements: LatencyCollector;
  readonly columns: ColumnsView;
  /** Where it stands in what was given. */
  readonly at: string;
  readonly runId: string | undefined;
  /** Its id, or where it stands. */
  readonly name: string;
  /** Unix time in seconds; `undefined` of an empty run without. */
  readonly startS: number | undefined;
  readonly labels: RunLabels;
  readonly isIncomplete: boolean;
}

/** The label that names a machine. */
export const HOST_LABEL = "host";

/** What a `Date` can tell, in seconds on either side of 1970. */
const MOST_TIME_S = 8.64e12;

/**
 * Takes the measurements that runs have now.
 *
 * @throws {TypeError} It is not an array of runs.
 * @throws {RangeError} A timestamp is not one.
 */
export function takeRuns(name: string, runs: unknown): TakenRun[] {
  if (!Array.isArray(runs)) {
    throw new TypeError(`${name} must be an array of runs: ${shown(runs)}`);
  }
  // Unlike `map()`, this visits the holes of an array, too.
  return Array.from(runs, (run: unknown, i) => takeRun(`${name}[${i}]`, run));
}

/**
 * Requires that no run counts twice: that would look as if unchanged runs did
 * not differ, or as if what is judged had not changed.
 *
 * @throws {RangeError} One collector, or a run of one id, time and length, is
 * there twice.
 */
export function requireDistinct(what: string, runs: readonly TakenRun[]): void {
  const seen = new Map<unknown, TakenRun>();
  for (const run of runs) {
    const { measurements, runId, startS, columns, at } = run;
    const stored = runId === undefined
      ? measurements
      : JSON.stringify([runId, startS, columns.length]);
    const twin = seen.get(measurements) ?? seen.get(stored);
    if (twin !== undefined) {
      throw new RangeError(
        `Cannot ${what} ${at}: it is the same run as ${twin.at}`,
      );
    }
    seen.set(measurements, run).set(stored, run);
  }
}

/**
 * Requires runs that something can be measured by.
 *
 * @throws {RangeError} One is incomplete or empty.
 */
export function requireWhole(what: string, runs: readonly TakenRun[]): void {
  for (const { name, isIncomplete, columns } of runs) {
    if (!isIncomplete && columns.length > 0) continue;
    const flaw = isIncomplete ? "is incomplete" : "has no measurements";
    throw new RangeError(`Cannot ${what} ${name}: the run ${flaw}`);
  }
}

function takeRun(at: string, run: unknown): TakenRun {
  const isBare = isCollector(run);
  const { measurements, runId, timestamp, labels, incomplete } = isBare
    ? { measurements: run } as JudgedRun
    : (run ?? {}) as JudgedRun;
  if (!isCollector(measurements)) {
    throw new TypeError(
      `${at} must be a LatencyCollector, or an object with one as measurements: ${
        shown(run)
      }`,
    );
  }
  if (incomplete !== undefined) requireBoolean(`${at}.incomplete`, incomplete);
  const columns = columnsOf(measurements).snapshot();
  const measuredS = columns.blocks[0]?.timestamps[0];
  return {
    measurements,
    columns,
    at,
    runId,
    name: runId === undefined ? at : `"${runId}"`,
    startS: timestamp === undefined && measuredS === undefined
      ? undefined
      : unixTimeS(at, timestamp === undefined ? measuredS : timestamp),
    labels: copyLabels(labels) ?? {},
    isIncomplete: incomplete ?? false,
  };
}

/**
 * Unix time in seconds.
 *
 * @throws {TypeError} It is neither a string, a `Date` nor a number.
 * @throws {RangeError} It is no time.
 */
export function unixTimeS(at: string, timestamp: unknown): number {
  const message = `${at}.timestamp must be a time: ${shown(timestamp)}`;
  if (
    typeof timestamp !== "number" && typeof timestamp !== "string" &&
    !(timestamp instanceof Date)
  ) throw new TypeError(message);
  const timeS = typeof timestamp === "number"
    ? timestamp
    : new Date(timestamp).getTime() / 1000;
  if (!(Math.abs(timeS) <= MOST_TIME_S)) throw new RangeError(message);
  return timeS;
}
