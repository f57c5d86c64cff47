/** A figure of a group of durations that runs are judged by. */
export type JudgedFigure = "mean" | "p50" | "p95" | "p99" | "max" | "tail";

/** What the judge knows of a figure. */
export interface FigureFacts {
  /** Its name in rows and budgets. */
  readonly name: JudgedFigure;
  /** From 0 to 1; the mean, the maximum and the tail have none. */
  readonly quantile: number | undefined;
  /** Its part of the false alarms that a judgement may give. */
  readonly weight: number;
  /** Effective samples that it needs. */
  readonly fewestSamples: number;
}

/** The share of the durations that the tail is made of. */
export const TAIL_SHARE = 0.05;

/** That a quantile's interval may end above it within the sample. */
const CONFIDENCE = 0.95;

/**
 * Every judged figure. A weight is large where a figure varies little between
 * runs, so that little of the error rate is spent on what finds nothing. The
 * effective samples are the fewest of which the largest exceeds the quantile
 * with 95 %: `log(0.05) / log(q)`.
 */
export const JUDGED_FIGURES: readonly FigureFacts[] = [
  { name: "mean", quantile: undefined, weight: 1, fewestSamples: 2 },
  figureOf("p50", 0.5, 2),
  figureOf("p95", 0.95, 0.5),
  figureOf("p99", 0.99, 0.25),
  { name: "max", quantile: undefined, weight: 0.05, fewestSamples: 1 },
  { ...figureOf("tail", 1 - TAIL_SHARE, 1), quantile: undefined },
];

/** Names of the judged figures, in the order of the rows. */
export const FIGURE_NAMES: readonly JudgedFigure[] = JUDGED_FIGURES
  .map(({ name }) => name);

/** Effective samples that a quantile needs, above 0 and below 1. */
export function fewestSamplesOf(quantile: number): number {
  return Math.ceil(Math.log(1 - CONFIDENCE) / Math.log(quantile));
}

function figureOf(
  name: JudgedFigure,
  quantile: number,
  weight: number,
): FigureFacts {
  return { name, quantile, weight, fewestSamples: fewestSamplesOf(quantile) };
}
