import type { MetricStats } from "../measurement.ts";

/**
 * The index of the `q` quantile in `count` ascending values: `floor(count * q)`,
 * without interpolation.
 *
 * The product is a double's, as in the Python original's `int(n * 0.95)`; with
 * `q = 0.5` it is exactly `n // 2`. `count` is at least 1 and `0 <= q < 1`.
 */
export function quantileRank(count: number, q: number): number {
  return Math.trunc(count * q);
}

/** The ranks of the figures that are reported of `count` values, ascending. */
export function reportedRanks(count: number): number[] {
  return [
    0,
    quantileRank(count, 0.5),
    quantileRank(count, 0.95),
    quantileRank(count, 0.99),
    count - 1,
  ];
}

/** The figures of durations; `atRanksMs` are those at the reported ranks. */
export function statsAtRanks(
  count: number,
  sumMs: number,
  atRanksMs: readonly number[],
): MetricStats {
  const [min, p50, p95, p99, max] = atRanksMs;
  return {
    count,
    mean_ms: sumMs / count,
    p50_ms: p50!,
    p95_ms: p95!,
    p99_ms: p99!,
    max_ms: max!,
    min_ms: min!,
  };
}
