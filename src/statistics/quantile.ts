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
