import type { ColumnsView } from "../columns/measurement_columns.ts";
import { copyLabels } from "../model/labels.ts";
import type { RunLabels } from "../model/metrics.ts";
import { shown } from "../model/options.ts";
import { columnsOf, LatencyCollector } from "../record/latency_collector.ts";

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
  readonly columns: ColumnsView;
  readonly name: string;
  /** Unix time in seconds; `undefined` of an empty run without. */
  readonly startS: number | undefined;
  readonly labels: RunLabels;
  readonly isIncomplete: boolean;
}

/** The label that names a machine. */
export const HOST_LABEL = "host";

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
  return runs.map((run: unknown, i) => takeRun(`${name}[${i}]`, run));
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
  const isBare = run instanceof LatencyCollector;
  const { measurements, runId, timestamp, labels, incomplete } = isBare
    ? { measurements: run } as JudgedRun
    : (run ?? {}) as JudgedRun;
  if (!(measurements instanceof LatencyCollector)) {
    throw new TypeError(
      `${at} must be a LatencyCollector, or an object with one as measurements: ${
        shown(run)
      }`,
    );
  }
  const columns = columnsOf(measurements).snapshot();
  return {
    columns,
    name: runId === undefined ? at : `"${runId}"`,
    startS: timestamp === undefined
      ? columns.blocks[0]?.timestamps[0]
      : unixTimeS(at, timestamp),
    labels: copyLabels(labels) ?? {},
    isIncomplete: Boolean(incomplete),
  };
}

function unixTimeS(at: string, timestamp: string | Date | number): number {
  const timeS = typeof timestamp === "number"
    ? timestamp
    : new Date(timestamp).getTime() / 1000;
  if (!Number.isFinite(timeS)) {
    throw new RangeError(
      `${at}.timestamp must be a time: ${shown(timestamp)}`,
    );
  }
  return timeS;
}
