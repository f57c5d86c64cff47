import { FIGURES } from "../model/figures.ts";
import type { MetricStats } from "../model/metrics.ts";

/** A figure that is the duration of a rank. */
interface RankedFigure {
  readonly name: keyof MetricStats;
  readonly quantile: number;
}

/** Those figures from the least to the greatest. */
const RANKED: readonly RankedFigure[] = FIGURES
  .filter((it) => it.quantile !== undefined)
  .toSorted((a, b) => a.quantile - b.quantile);

/** The place of each figure among those; the mean has none. */
const PLACES: readonly (readonly [keyof MetricStats, number])[] = FIGURES
  .map(({ name }) => [name, RANKED.findIndex((it) => it.name === name)]);

/**
 * The index of the `q` quantile in `count` ascending values: `floor(count * q)`,
 * without interpolation, and the last for `q = 1`.
 *
 * The product is a double's, as in the Python original's `int(n * 0.95)`; with
 * `q = 0.5` it is exactly `n // 2`. `count` is at least 1 and `0 <= q <= 1`.
 */
export function quantileRank(count: number, q: number): number {
  return Math.min(Math.trunc(count * q), count - 1);
}

/** The ranks of the figures that are reported of `count` values, ascending. */
export function reportedRanks(count: number): number[] {
  return RANKED.map(({ quantile }) => quantileRank(count, quantile));
}

/** The figures of durations; `atRanksMs` are those at the reported ranks. */
export function statsAtRanks(
  count: number,
  sumMs: number,
  atRanksMs: readonly number[],
): MetricStats {
  const stats: Record<string, number> = { count };
  for (const [name, place] of PLACES) {
    stats[name] = place < 0 ? sumMs / count : atRanksMs[place]!;
  }
  return stats as unknown as MetricStats;
}
