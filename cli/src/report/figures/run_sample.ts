import { type Pace, ROWS_A_LOOK } from "../../event_loop/pace.ts";
import type { GroupedRun, SatelliteRows } from "./grouped_runs.ts";
import { quantileOf, sortedDurations } from "./sorted_durations.ts";

/** The durations of a metric in one run, and what is known of them. */
export interface RunSample {
  readonly run: GroupedRun;
  readonly satellites: readonly SatelliteRows[];
  /** All durations in milliseconds, ascending; one or more. */
  readonly ascendingMs: Float64Array;
  readonly meanMs: number;
  /** Standard deviation in milliseconds; 0 of one duration. */
  readonly spreadMs: number;
  /** How many independent ones they are worth: neighbours are alike. */
  readonly effectiveCount: number;
}

/** A figure of a sample: a quantile from 0 to 1, or the mean. */
export type SampleFigure = number | "mean";

/** Neighbours that are more alike than that tell nothing of how many count. */
const GREATEST_CORRELATION = 0.99;

/** That a quantile lies within a sample, as the judge asks. */
const CONFIDENCE = 0.95;

/** Looks at the durations of a metric in a run; at least one is there. */
export async function takeSample(
  run: GroupedRun,
  satellites: readonly SatelliteRows[],
  pace: Pace,
): Promise<RunSample> {
  const ascendingMs = await sortedDurations(satellites, pace);
  const count = ascendingMs.length;
  let sum = 0;
  for (let i = 0; i < count; i++) {
    sum += ascendingMs[i]!;
    if (i % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
  }
  const meanMs = sum / count;
  let squares = 0;
  let products = 0;
  // Far outliers would hide how much the others are alike.
  const mostMs = quantileOf(ascendingMs, 0.99);
  let cutSquares = 0;
  for (const { durationsMs } of satellites) {
    let before = 0;
    for (let i = 0; i < durationsMs.length; i++) {
      const off = durationsMs[i]! - meanMs;
      squares += off * off;
      const cutOff = Math.min(durationsMs[i]!, mostMs) - meanMs;
      products += before * cutOff;
      cutSquares += cutOff * cutOff;
      before = cutOff;
      if (i % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
    }
  }
  const correlation = Math.min(
    Math.max(products / cutSquares || 0, 0),
    GREATEST_CORRELATION,
  );
  return {
    run,
    satellites,
    ascendingMs,
    meanMs,
    spreadMs: Math.sqrt(squares / Math.max(1, count - 1)),
    effectiveCount: count * (1 - correlation) / (1 + correlation),
  };
}

/** A figure of a run, in milliseconds. */
export function figureOf(
  { ascendingMs, meanMs }: RunSample,
  figure: SampleFigure,
): number {
  return figure === "mean" ? meanMs : quantileOf(ascendingMs, figure);
}

/** The geometric mean of a figure over runs; `NaN` without any. */
export function figureOfRuns(
  runs: readonly RunSample[],
  figure: SampleFigure,
): number {
  const logs = runs.map((it) => Math.log(figureOf(it, figure)));
  return Math.exp(logs.reduce((sum, it) => sum + it, 0) / logs.length);
}

/**
 * Whether runs have enough measurements to tell how sure a figure is. The
 * shortest and the longest have no neighbours that would tell it within a run.
 */
export function canTell(
  runs: readonly RunSample[],
  figure: SampleFigure,
): boolean {
  if (figure === "mean") return true;
  if (figure === 0 || figure === 1) return runs.length > 2;
  const fewest = Math.log(1 - CONFIDENCE) /
    Math.log(Math.max(figure, 1 - figure));
  return runs.every(({ effectiveCount }) => effectiveCount >= fewest);
}
