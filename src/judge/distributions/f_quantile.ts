import { incompleteBeta } from "./incomplete_beta.ts";

/**
 * The value that a variable of the F distribution is below with this
 * probability, from above 0 to below 1.
 *
 * Source: https://en.wikipedia.org/wiki/F-distribution: if X has the F
 * distribution, m X / (m X + n) has the beta distribution of m / 2 and n / 2.
 */
export function fQuantile(
  probability: number,
  numeratorFreedom: number,
  denominatorFreedom: number,
): number {
  const below = (value: number) => {
    const scaled = numeratorFreedom * value;
    const sum = scaled + denominatorFreedom;
    return incompleteBeta(
      numeratorFreedom / 2,
      denominatorFreedom / 2,
      scaled / sum,
      denominatorFreedom / sum,
    );
  };
  let high = 1;
  while (below(high) < probability) high *= 2;
  let low = 0;
  for (let i = 0; i < 200 && high - low > 1e-14 * high; i++) {
    const middle = (low + high) / 2;
    if (below(middle) < probability) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
