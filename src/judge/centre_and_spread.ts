/** Arithmetic mean; NaN of none. */
export function meanOf(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return sum / values.length;
}

/** The sum of the squares of the distances from a mean. */
export function squaresAround(
  values: ArrayLike<number>,
  mean: number,
): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - mean) ** 2;
  return sum;
}

/** Standard deviation with `n - 1`; NaN of fewer than two. */
export function deviationOf(values: ArrayLike<number>): number {
  const squares = squaresAround(values, meanOf(values));
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : NaN;
}

/** The middle value, or the mean of the two in the middle; NaN of none. */
export function medianOf(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  if (sorted.length === 0) return NaN;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
