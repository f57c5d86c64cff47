import { normalQuantile } from "../distributions/normal_quantile.ts";

/**
 * Replaces values by the normal quantiles of their ranks, ties by those of
 * their mean rank, so that no outlier outweighs the others (B. L. van der
 * Waerden, Order Tests for the Two-sample Problem, 1952,
 * https://doi.org/10.1016/S1385-7258(52)50063-5).
 */
export function normalScores(values: Float64Array): Float64Array {
  const count = values.length;
  const order = [...values.keys()].sort((a, b) => values[a]! - values[b]!);
  const scores = new Float64Array(count);
  for (let from = 0; from < count;) {
    let to = from + 1;
    while (to < count && values[order[to]!] === values[order[from]!]) to++;
    // Ranks count from 1: the mean of from + 1 to `to`.
    const score = normalQuantile((from + 1 + to) / 2 / (count + 1));
    for (let i = from; i < to; i++) scores[order[i]!] = score;
    from = to;
  }
  return scores;
}
