import { incompleteBeta } from "./incomplete_beta.ts";

/**
 * The probability that a variable of Student's t distribution is beyond `t`
 * on either side. `freedom` is above 0 and need not be whole.
 *
 * Source: NIST Digital Library of Mathematical Functions, 8.17, and
 * https://en.wikipedia.org/wiki/Student%27s_t-distribution
 */
export function tTwoSided(t: number, freedom: number): number {
  const square = t * t;
  const sum = freedom + square;
  return incompleteBeta(freedom / 2, 0.5, freedom / sum, square / sum);
}

/**
 * The value that a variable of Student's t distribution exceeds with this
 * probability, from above 0 to 0.5; right for probabilities down to 1e-9 and
 * degrees of freedom that are fractional, where series in 1/freedom fail.
 */
export function tUpperQuantile(probability: number, freedom: number): number {
  if (probability >= 0.5) return 0;
  const wanted = 2 * probability;
  let high = 1;
  while (tTwoSided(high, freedom) > wanted) high *= 2;
  let low = high === 1 ? 0 : high / 2;
  // Between the ends the logarithm of the probability is nearly straight.
  let lowLog = Math.log(tTwoSided(low, freedom) / wanted);
  let highLog = Math.log(tTwoSided(high, freedom) / wanted);
  let kept = 0;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    let middle = low + (high - low) * lowLog / (lowLog - highLog);
    if (!(middle > low && middle < high)) middle = (low + high) / 2;
    const log = Math.log(tTwoSided(middle, freedom) / wanted);
    if (Math.abs(log) < 1e-15) return middle;
    // The Illinois rule: an end that stays twice is pulled in by half.
    if (log > 0) {
      low = middle;
      lowLog = log;
      if (kept === 1) highLog /= 2;
      kept = 1;
    } else {
      high = middle;
      highLog = log;
      if (kept === -1) lowLog /= 2;
      kept = -1;
    }
  }
  return (low + high) / 2;
}
