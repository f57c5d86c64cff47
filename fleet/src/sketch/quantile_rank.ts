/**
 * The index of the `q` quantile in `count` ascending values, as exact quantiles
 * of a run have it: `floor(count * q)`, without interpolation, and the last for
 * `q = 1`.
 *
 * @throws {RangeError} `q` is not within 0 and 1.
 */
export function quantileRank(count: number, q: number): number {
  if (!(q >= 0 && q <= 1)) {
    throw new RangeError(`A quantile must be from 0 to 1: ${q}`);
  }
  return Math.min(Math.trunc(count * q), count - 1);
}
