import { SLICE_VALUES, type Sliced } from "../../event_loop/sliced.ts";
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
export function* levelsOf(
  rows: readonly RowName[],
  candidates: number,
): Sliced<Levels> {
  const isSplitOnce = candidates === 1;
  let [ofAll, ofSatellites] = [0, 0];
  const ofMetrics = new Map<string, number>();
  for (const [i, { metricType, satelliteId, figure }] of rows.entries()) {
    if (i % SLICE_VALUES === 0) yield;
    const weight = WEIGHTS[figure];
    if (satelliteId === undefined) ofAll += weight;
    else {
      ofSatellites += weight;
      ofMetrics.set(metricType, (ofMetrics.get(metricType) ?? 0) + weight);
    }
  }
  // What a row of all satellites weighs, and one of a satellite.
  const share = ofSatellites === 0 ? 1 : SHARE_OF_ALL;
  const sum = WEIGHT_OF_ALL * ofAll + ofSatellites;
  const all = isSplitOnce ? WEIGHT_OF_ALL / sum : share / ofAll;
  const one = isSplitOnce ? 1 / sum : (1 - share) / ofSatellites;
  const shares = new Float64Array(rows.length);
  const sharesWithin = new Float64Array(rows.length);
  for (const [i, { metricType, satelliteId, figure }] of rows.entries()) {
    if (i % SLICE_VALUES === 0) yield;
    const weight = WEIGHTS[figure];
    shares[i] = weight * (satelliteId === undefined ? all : one);
    if (satelliteId !== undefined) {
      sharesWithin[i] = weight / ofMetrics.get(metricType)!;
    }
  }
  return { shares, sharesWithin: isSplitOnce ? undefined : sharesWithin };
}

/** Which rows have changed at a level, given the probability of each. */
export function* changedRows(
  rows: readonly RowName[],
  probabilities: Float64Array,
  { shares, sharesWithin }: Levels,
  level: number,
): Sliced<boolean[]> {
  const changed: boolean[] = [];
  const metrics = new Set<string>();
  for (const [i, { metricType, satelliteId }] of rows.entries()) {
    if (i % SLICE_VALUES === 0) yield;
    changed.push(probabilities[i]! <= level * shares[i]!);
    if (changed[i] && satelliteId === undefined) metrics.add(metricType);
  }
  if (sharesWithin === undefined || metrics.size === 0) return changed;
  for (const [i, { metricType }] of rows.entries()) {
    if (i % SLICE_VALUES === 0) yield;
    changed[i] ||= metrics.has(metricType) &&
      probabilities[i]! <= level * sharesWithin[i]!;
  }
  return changed;
}
