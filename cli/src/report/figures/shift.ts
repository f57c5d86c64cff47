import { tQuantile } from "./t_quantile.ts";
import {
  figureOf,
  figureOfRuns,
  type RunSample,
  type SampleFigure,
} from "./run_sample.ts";
import { quantileOf } from "./sorted_durations.ts";

/** By how much a figure of candidates differs from that of baselines. */
export interface Shift {
  /** Candidates over baselines: 1.1 is ten per cent longer. */
  readonly change: number;
  /** A 95 % interval; an end is 0 or infinite where nothing limits it. */
  readonly interval: readonly [low: number, high: number];
}

/** Of a normal distribution, 95 % lies within so many deviations. */
const DEVIATIONS = 1.959964;

/** As the judge: few runs may be any, so that their error counts for less. */
const FEW_RUNS_FREEDOM: readonly number[] = [0, 3, 6];

/**
 * By how much a figure shifted. Of several runs the interval is that between
 * runs, by their pooled spread; of two, that of the noise within them, which
 * says nothing of how runs differ. `undefined` where a figure is 0.
 */
export function shiftOf(
  baselines: readonly RunSample[],
  candidates: readonly RunSample[],
  figure: SampleFigure,
): Shift | undefined {
  const change = figureOfRuns(candidates, figure) /
    figureOfRuns(baselines, figure);
  if (!(change > 0 && change < Infinity)) return undefined;
  const freedom = baselines.length + candidates.length - 2;
  if (freedom === 0) {
    return {
      change,
      interval: withinRuns(change, baselines[0]!, candidates[0]!, figure),
    };
  }
  const [before, after] = [baselines, candidates].map((runs) =>
    runs.map((it) => Math.log(figureOf(it, figure)))
  ) as [number[], number[]];
  const variance = (squaresOf(before) + squaresOf(after)) / freedom;
  const fewest = Math.min(before.length, after.length);
  const error = Math.sqrt(
    variance * (1 / before.length + 1 / after.length),
  );
  const reach = error *
    tQuantile(Math.min(freedom, FEW_RUNS_FREEDOM[fewest] ?? Infinity));
  return {
    change,
    interval: [change * Math.exp(-reach), change * Math.exp(reach)],
  };
}

/**
 * The interval of a ratio from one of each side: the method of variance
 * estimates recovery, on logarithms (Zou and Donner,
 * https://doi.org/10.1002/sim.3095).
 */
function withinRuns(
  change: number,
  baseline: RunSample,
  candidate: RunSample,
  figure: SampleFigure,
): [number, number] {
  const [before, after] = [baseline, candidate].map((it) => {
    const [low, high] = intervalOf(it, figure);
    const middle = figureOf(it, figure);
    return { below: Math.log(middle / low), above: Math.log(high / middle) };
  }) as [Reach, Reach];
  return [
    change * Math.exp(-Math.hypot(after.below, before.above)),
    change * Math.exp(Math.hypot(after.above, before.below)),
  ];
}

/** How far an interval reaches from its middle, as logarithms. */
interface Reach {
  readonly below: number;
  readonly above: number;
}

/** An interval of a figure of one run: of a quantile, between two others. */
function intervalOf(it: RunSample, figure: SampleFigure): [number, number] {
  if (figure === "mean") {
    const reach = DEVIATIONS * it.spreadMs / it.meanMs /
      Math.sqrt(it.effectiveCount);
    return [it.meanMs * Math.exp(-reach), it.meanMs * Math.exp(reach)];
  }
  const reach = DEVIATIONS *
    Math.sqrt(figure * (1 - figure) / it.effectiveCount);
  return [
    figure - reach < 0 ? 0 : quantileOf(it.ascendingMs, figure - reach),
    figure + reach > 1 ? Infinity : quantileOf(it.ascendingMs, figure + reach),
  ];
}

function squaresOf(values: readonly number[]): number {
  const mean = values.reduce((sum, it) => sum + it, 0) / values.length;
  return values.reduce((sum, it) => sum + (it - mean) ** 2, 0);
}
