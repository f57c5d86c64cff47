import { JUDGED_FIGURES, type JudgedFigure } from "../figures/judged_figure.ts";

/** False alarms that unchanged runs may give: per judgement, over all rows. */
export const ALARM_LEVEL = 0.008;

/** Suspicions that a single unchanged candidate may raise. */
export const SUSPICION_LEVEL = 0.2;

/** The share of the level that rows over all satellites have. */
const SHARE_OF_ALL = 0.8;

/** With one candidate, how much more such a row weighs than a satellite's. */
const WEIGHT_OF_ALL = 3;

/** What names a row. */
export interface RowName {
  readonly metricType: string;
  /** `undefined` for all satellites. */
  readonly satelliteId: string | undefined;
  readonly figure: JudgedFigure;
}

/** The part of a judgement's level that each row has. */
export interface Levels {
  /** Of each row, in their order. They add up to 1. */
  readonly shares: Float64Array;
  /**
   * Of each row of a satellite where a row of its metric over all satellites
   * has changed. Those of a metric add up to 1.
   */
  readonly sharesWithin: Float64Array | undefined;
}

const WEIGHTS = Object.fromEntries(
  JUDGED_FIGURES.map(({ name, weight }) => [name, weight]),
) as Readonly<Record<JudgedFigure, number>>;

/**
 * Divides the level among rows, so that a judgement as a whole gives no more
 * false alarms than that, however many rows it has: the Bonferroni inequality
 * with weights. Where a metric has changed over all satellites, that is
 * settled, and the level is free to ask which satellite it was, as in a
 * gatekeeping procedure (A. Dmitrienko et al., Gatekeeping Procedures, 2003,
 * https://doi.org/10.1002/sim.1526).
 */
export function levelsOf(
  rows: readonly RowName[],
  candidates: number,
): Levels {
  const weights = Float64Array.from(rows, ({ figure }) => WEIGHTS[figure]);
  const isOfAll = rows.map(({ satelliteId }) => satelliteId === undefined);
  if (candidates === 1) {
    weights.forEach((weight, i) => {
      if (isOfAll[i]) weights[i] = WEIGHT_OF_ALL * weight;
    });
    return { shares: scaled(weights, sumOf(weights)), sharesWithin: undefined };
  }
  const ofAll = sumOf(weights.filter((_, i) => isOfAll[i]!));
  const ofSatellites = sumOf(weights.filter((_, i) => !isOfAll[i]!));
  const share = ofSatellites === 0 ? 1 : SHARE_OF_ALL;
  const ofMetrics = new Map<string, number>();
  rows.forEach(({ metricType }, i) => {
    if (isOfAll[i]) return;
    const sum = ofMetrics.get(metricType) ?? 0;
    ofMetrics.set(metricType, sum + weights[i]!);
  });
  return {
    shares: weights.map((weight, i) =>
      isOfAll[i]
        ? share * weight / ofAll
        : (1 - SHARE_OF_ALL) * weight / ofSatellites
    ),
    sharesWithin: weights.map((weight, i) =>
      isOfAll[i] ? 0 : weight / ofMetrics.get(rows[i]!.metricType)!
    ),
  };
}

/** Which rows have changed at a level, given the probability of each. */
export function changedRows(
  rows: readonly RowName[],
  probabilities: Float64Array,
  { shares, sharesWithin }: Levels,
  level: number,
): boolean[] {
  const changed = rows.map((_, i) => probabilities[i]! <= level * shares[i]!);
  if (sharesWithin === undefined) return changed;
  const metrics = new Set<string>();
  rows.forEach(({ metricType, satelliteId }, i) => {
    if (changed[i] && satelliteId === undefined) metrics.add(metricType);
  });
  return rows.map(({ metricType }, i) =>
    changed[i]! ||
    metrics.has(metricType) && probabilities[i]! <= level * sharesWithin[i]!
  );
}

function sumOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function scaled(values: Float64Array, by: number): Float64Array {
  return values.map((value) => value / by);
}
