import type { PageDistribution, PageShift } from "../page/page_data.ts";
import { visible } from "../text/visible.ts";
import type { MetricFigures, SampleGroup } from "./metric_figures.ts";
import { canTell, figureOf, figureOfRuns } from "./run_sample.ts";
import { shiftOf } from "./shift.ts";
import { quantileOf } from "./sorted_durations.ts";

/** Of more runs in a group their own lines would hide each other. */
const MOST_RUNS = 30;

/** The tail is so many times the median where only logarithms fit. */
const LOG_FROM = 8;

/** Every per cent, and closer at both ends. */
const PROBABILITIES: readonly number[] = [
  ...[0, 0.001, 0.005],
  ...Array.from({ length: 99 }, (_, i) => (i + 1) / 100),
  ...[0.995, 0.999, 1],
];

/** The quantiles whose shift is drawn. */
const SHIFTED: readonly number[] = [
  ...Array.from({ length: 37 }, (_, i) => (i + 2) / 40),
  ...[0.975, 0.99, 0.995, 0.999],
];

/** Digits that a screen can show. */
const DIGITS = 5;

/** The distributions of a metric, as lines to draw. */
export function distributionOf(
  { groups }: MetricFigures,
): PageDistribution {
  const curves = groups.flatMap(({ name, runs }, group) =>
    runs.length === 0 ? [] : [
      ...(runs.length > 1 && runs.length <= MOST_RUNS ? runs : []).map((
        it,
      ) => ({
        name: visible(it.run.runId),
        group,
        isOfOneRun: true,
        quantilesMs: PROBABILITIES.map((q) => rounded(figureOf(it, q))),
      })),
      {
        name,
        group,
        isOfOneRun: false,
        quantilesMs: PROBABILITIES.map((q) => rounded(figureOfRuns(runs, q))),
      },
    ]
  );
  return { probabilities: PROBABILITIES, curves, isLog: needsLog(groups) };
}

/** By how much quantiles moved; `undefined` where nothing can be compared. */
export function shiftFunctionOf(
  { groups }: MetricFigures,
): PageShift | undefined {
  const [baselines, candidates] = groups;
  if (!baselines?.runs.length || !candidates?.runs.length) return undefined;
  const runs = [...baselines.runs, ...candidates.runs];
  const shifts = SHIFTED
    .filter((q) => canTell(runs, q))
    .map((q) => ({ q, shift: shiftOf(baselines.runs, candidates.runs, q) }))
    .flatMap(({ q, shift }) => shift === undefined ? [] : [{ q, ...shift }]);
  if (shifts.length < 2) return undefined;
  return {
    probabilities: shifts.map(({ q }) => q),
    changes: shifts.map(({ change }) => percentOf(change)!),
    lows: shifts.map(({ interval: [low] }) => percentOf(low)),
    highs: shifts.map(({ interval: [, high] }) => percentOf(high)),
  };
}

/** Whether durations lie too far apart to be drawn as they are. */
export function needsLog(groups: readonly SampleGroup[]): boolean {
  const runs = groups.flatMap((it) => it.runs);
  return runs.every(({ ascendingMs }) => ascendingMs[0]! > 0) &&
    runs.some(({ ascendingMs }) =>
      ascendingMs.at(-1)! > LOG_FROM * quantileOf(ascendingMs, 0.5)
    );
}

function percentOf(ratio: number): number | null {
  return ratio > 0 && ratio < Infinity ? rounded(100 * (ratio - 1)) : null;
}

function rounded(value: number): number {
  return Number(value.toPrecision(DIGITS));
}
