/** Below this a continued fraction has converged: half the spacing of doubles. */
const EPSILON = 2 ** -53;

/** Stands for a denominator of 0 in Lentz's method. */
const TINY = 1e-300;

/** Far more than any fraction below takes; without it NaN would never end. */
const MOST_STEPS = 10_000;

/** Coefficients of Lanczos' approximation for g = 7 and nine terms. */
const LANCZOS: readonly number[] = [
  0.99999999999980993,
  676.5203681218851,
  -1259.1392167224028,
  771.32342877765313,
  -176.61502916214059,
  12.507343278686905,
  -0.13857109526572012,
  9.9843695780195716e-6,
  1.5056327351493116e-7,
];

/**
 * The natural logarithm of the gamma function for `x` above 0, to 1e-14.
 *
 * Source: C. Lanczos, A Precision Approximation of the Gamma Function, 1964,
 * https://doi.org/10.1137/0701008
 */
export function logGamma(x: number): number {
  let sum = LANCZOS[0]!;
  for (let i = 1; i < LANCZOS.length; i++) sum += LANCZOS[i]! / (x + i - 1);
  const shifted = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(shifted) -
    shifted + Math.log(sum);
}

/**
 * The regularized incomplete beta function: the probability that a variable
 * of the beta distribution with parameters `a` and `b`, above 0, is at most
 * `x`. `y` is `1 - x`, which loses digits where `x` is near 1.
 *
 * Source: NIST Digital Library of Mathematical Functions, 8.17.22,
 * https://dlmf.nist.gov/8.17.E22
 */
export function incompleteBeta(
  a: number,
  b: number,
  x: number,
  y: number = 1 - x,
): number {
  if (!(x > 0)) return 0;
  if (!(y > 0)) return 1;
  const factor = Math.exp(
    logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) +
      b * Math.log(y),
  );
  // The fraction converges fast on this side of the mean.
  return x < (a + 1) / (a + b + 2)
    ? factor * betaFraction(a, b, x) / a
    : 1 - factor * betaFraction(b, a, y) / b;
}

/**
 * The continued fraction by Lentz's method as modified by Thompson and Barnett
 * (I. J. Thompson and A. R. Barnett, Coulomb and Bessel Functions, 1986,
 * https://doi.org/10.1016/0021-9991(86)90046-X).
 */
function betaFraction(a: number, b: number, x: number): number {
  let c = 1;
  let d = 1 / awayFromZero(1 - (a + b) * x / (a + 1));
  let fraction = d;
  for (let m = 1; m <= MOST_STEPS; m++) {
    const even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / awayFromZero(1 + even * d);
    c = awayFromZero(1 + even / c);
    fraction *= d * c;
    const odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / awayFromZero(1 + odd * d);
    c = awayFromZero(1 + odd / c);
    fraction *= d * c;
    if (Math.abs(d * c - 1) <= EPSILON) break;
  }
  return fraction;
}

function awayFromZero(value: number): number {
  return Math.abs(value) < TINY ? TINY : value;
}
