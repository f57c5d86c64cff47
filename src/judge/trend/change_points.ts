import type { RunLabels } from "../../model/metrics.ts";
import { requireOptions, shown } from "../../model/options.ts";
import { medianOf } from "../centre_and_spread.ts";
import { unixTimeS } from "../judged_run.ts";
import type { RatioInterval } from "../judgement.ts";
import { formatChange } from "../percent.ts";
import { bestInterval, bestSplit } from "./best_cut.ts";
import {
  intervalCriticalValue,
  splitCriticalValue,
} from "./critical_values.ts";
import { normalScores } from "./normal_scores.ts";
import { estimateRatio } from "./ratio_estimate.ts";

/** A figure of a run in a history. */
export interface HistoryPoint {
  /** The figure, above 0, as the p95 in milliseconds. */
  readonly value: number;
  /** The run it is of. */
  readonly runId?: string | undefined;
  /**
   * When the run took place, as in {@linkcode JudgedRun}: tells a history that
   * goes backwards. A gap alone is no change.
   */
  readonly timestamp?: string | Date | number | undefined;
  /** What the bench says of it; other labels alone are no change. */
  readonly labels?: RunLabels | undefined;
}

/** Options of {@linkcode changePoints}. */
export interface ChangePointsOptions {
  /**
   * The fewest runs between two change points, and before the first and after
   * the last: a whole number from 5.
   *
   * @default {5}
   */
  readonly minSegment?: number | undefined;
  /**
   * The least change either way, as a share, that is reported.
   *
   * @default {0}
   */
  readonly minMagnitude?: number | undefined;
}

/** Where a history changed. */
export interface ChangePoint {
  /** Index of the first run after the change. */
  readonly index: number;
  /** Its id, where the history has it. */
  readonly runId: string | undefined;
  /** Median of the runs since the change before. */
  readonly before: number;
  /** Median of the runs until the next change. */
  readonly after: number;
  /** The typical ratio of a run after it to one before it: 1.1 is longer. */
  readonly change: number;
  /** A 95 % interval of it. */
  readonly interval: RatioInterval;
  /** Whether it is so near the end that more runs may move or undo it. */
  readonly mayMove: boolean;
  /** The same in words. */
  readonly text: string;
}

const FEWEST_IN_SEGMENT = 5;

/** Within so many segments of the end a change point may move. */
const UNSETTLED_SEGMENTS = 2;

/** What a cut must be worth between its neighbours to be kept. */
const KEPT_STATISTIC = 2.6;

/** Refits move cuts a little; a few settle them. */
const REFITS = 5;

/**
 * Finds where a figure changed over a history of runs, oldest first: listings
 * and catalogs have the newest first, so that theirs is to be reversed.
 *
 * One in twenty unchanged histories or fewer has a change point, also where
 * neighbouring runs are alike or a few lie far off. A level that comes and goes
 * has two. Needs ten runs at least; takes time with the square of their number,
 * a few milliseconds for a thousand. See "Judge" in `ARCHITECTURE.md` for the
 * method.
 *
 * @param history Figures above 0, or objects with one as `value`.
 * @returns The change points in ascending order, each with its first run.
 * @throws {RangeError} A figure is not above 0, the last run is earlier than
 * the first, or an option is out of range.
 * @throws {TypeError} Something is of the wrong type.
 *
 * @example Regressed, then fixed
 * ```ts
 * import { changePoints } from "@astraguard/hil-metrics/judge";
 * import { assertEquals } from "@std/assert";
 *
 * const history = Array.from({ length: 40 }, (_, i) => ({
 *   runId: `run_${i}`,
 *   value: (i >= 15 && i < 25 ? 120 : 100) + Math.sin(i * i),
 * }));
 * assertEquals(
 *   changePoints(history).map(({ runId }) => runId),
 *   ["run_15", "run_25"],
 * );
 * ```
 */
export function changePoints(
  history: readonly (number | HistoryPoint)[],
  options: ChangePointsOptions = {},
): ChangePoint[] {
  requireOptions(options);
  const { minSegment = FEWEST_IN_SEGMENT, minMagnitude = 0 } = options;
  requireNumber("minSegment", minSegment, FEWEST_IN_SEGMENT);
  requireNumber("minMagnitude", minMagnitude, 0);
  if (!Number.isInteger(minSegment)) {
    throw new RangeError(`minSegment must be whole: ${minSegment}`);
  }
  if (!Array.isArray(history)) {
    throw new TypeError(`A history must be an array: ${shown(history)}`);
  }
  const values = Float64Array.from(history, valueOf);
  requireForwards(history);
  const logs = values.map(Math.log);
  let cuts = settle(logs, findCuts(logs, 0, minSegment), minSegment);
  let small: number | undefined;
  do {
    // The least change goes first: its neighbours then have longer segments.
    small = leastBelow(logs, cuts, minMagnitude);
    if (small !== undefined) {
      cuts = settle(logs, cuts.filter((it) => it !== small), minSegment);
    }
  } while (small !== undefined);
  return cuts.map((cut, i) => {
    const [start, end] = neighbours(cuts, i, logs.length);
    const runId = (history[cut] as HistoryPoint).runId;
    const point = {
      index: cut,
      runId,
      before: medianOf(values.subarray(start, cut)),
      after: medianOf(values.subarray(cut, end)),
      ...estimateAt(logs, start, cut, end),
      mayMove: values.length - cut < UNSETTLED_SEGMENTS * minSegment,
    };
    return { ...point, text: textOf(point) };
  });
}

/** Cuts of a stretch that starts at an offset, by recursion. */
function findCuts(
  logs: Float64Array,
  offset: number,
  minSegment: number,
): number[] {
  const count = logs.length;
  const scores = normalScores(logs);
  const split = bestSplit(scores, minSegment);
  if (split === undefined) return [];
  let cuts: number[] = [];
  if (split.statistic > splitCriticalValue(count)) {
    cuts = [split.from];
  } else {
    const interval = bestInterval(scores, minSegment);
    if (
      interval !== undefined &&
      interval.statistic > intervalCriticalValue(count)
    ) cuts = [interval.from, interval.to];
  }
  if (cuts.length === 0) return [];
  const ends = [0, ...cuts, count];
  const within = ends.slice(1).flatMap((end, i) =>
    findCuts(logs.subarray(ends[i], end), offset + ends[i]!, minSegment)
  );
  return [...cuts.map((it) => it + offset), ...within].sort((a, b) => a - b);
}

/** Fits each cut between its neighbours again, and drops what is not one. */
function settle(
  logs: Float64Array,
  found: readonly number[],
  minSegment: number,
): number[] {
  let cuts = [...found];
  for (let round = 0; round < REFITS; round++) {
    const before = cuts.join();
    for (let i = 0; i < cuts.length; i++) {
      const [start, end] = neighbours(cuts, i, logs.length);
      const scores = normalScores(logs.slice(start, end));
      const split = bestSplit(scores, minSegment);
      if (split === undefined || split.statistic <= KEPT_STATISTIC) {
        cuts = cuts.toSpliced(i--, 1);
      } else cuts[i] = start + split.from;
    }
    if (cuts.join() === before) break;
  }
  return cuts;
}

function neighbours(
  cuts: readonly number[],
  index: number,
  count: number,
): [start: number, end: number] {
  return [cuts[index - 1] ?? 0, cuts[index + 1] ?? count];
}

function estimateAt(
  logs: Float64Array,
  start: number,
  cut: number,
  end: number,
): Pick<ChangePoint, "change" | "interval"> {
  const scores = normalScores(logs.slice(start, end));
  const split = bestSplit(scores, Math.min(cut - start, end - cut));
  return estimateRatio(
    logs.subarray(start, cut),
    logs.subarray(cut, end),
    split?.inflation ?? 1,
  );
}

function leastBelow(
  logs: Float64Array,
  cuts: readonly number[],
  minMagnitude: number,
): number | undefined {
  const least = cuts.map((cut, i) => {
    const [start, end] = neighbours(cuts, i, logs.length);
    const { change } = estimateAt(logs, start, cut, end);
    return { cut, magnitude: Math.abs(Math.log(change)) };
  }).sort((a, b) => a.magnitude - b.magnitude)[0];
  return least !== undefined && least.magnitude < Math.log(1 + minMagnitude)
    ? least.cut
    : undefined;
}

function textOf(
  { index, runId, change, interval, mayMove }: Omit<ChangePoint, "text">,
): string {
  const [low, high] = interval.map(formatChange);
  const at = runId === undefined ? `run ${index}` : runId;
  return `${formatChange(change)} (${low} to ${high}) from ${at} on${
    mayMove ? "; near the end, so that it may move as runs are added" : ""
  }`;
}

function valueOf(point: number | HistoryPoint, index: number): number {
  const value = typeof point === "object" ? point?.value : point;
  if (typeof value !== "number") {
    throw new TypeError(
      `history[${index}] must be a number, or an object with one as value: ${
        shown(point)
      }`,
    );
  }
  if (value > 0 && value < Infinity) return value;
  throw new RangeError(`history[${index}] must be above 0: ${value}`);
}

/**
 * Requires that the last run is not before the first. Those between may be:
 * local time, as summaries have it, goes back by an hour in autumn.
 */
function requireForwards(history: readonly (number | HistoryPoint)[]): void {
  const timesS = history.flatMap((point, i) =>
    typeof point === "number" || point.timestamp === undefined
      ? []
      : [unixTimeS(`history[${i}]`, point.timestamp)]
  );
  if (timesS.length < 2 || timesS.at(-1)! >= timesS[0]!) return;
  throw new RangeError(
    "The history goes backwards: its last run is earlier than its first",
  );
}

function requireNumber(name: string, value: unknown, least: number): void {
  if (typeof value === "number" && value >= least && value < Infinity) return;
  const message = `${name} must be a number from ${least}: ${shown(value)}`;
  throw typeof value === "number"
    ? new RangeError(message)
    : new TypeError(message);
}
