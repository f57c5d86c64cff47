/** Largest power of ten that `closestQuotient` divides by. */
export const MAX_QUOTIENT_EXPONENT = 21;

/** 10^k for every k up to 22; all of them are doubles. */
export const POWERS_OF_TEN: Float64Array<ArrayBuffer> = Float64Array.from(
  { length: 23 },
  (_, exponent) => Number(`1e${exponent}`),
);

/** 2^27 + 1, which splits a double into halves of 26 bits. */
const SPLITTER = 134_217_729;

const upperHalves = POWERS_OF_TEN.map(upperHalf);
const lowerHalves = POWERS_OF_TEN.map((power, k) => power - upperHalves[k]!);

function upperHalf(value: number): number {
  const scaled = SPLITTER * value;
  return scaled - (scaled - value);
}

/**
 * The double closest to `(high * 10^shift + low) / 10^exponent`, the even one
 * of two: what `Number()` makes of these digits.
 *
 * All four are whole and not negative, `high * 5^shift` and `low` are below
 * 2^53, `high * 10^shift + low` (D from here on) is below 10^18, and the
 * exponent (k) is at most `MAX_QUOTIENT_EXPONENT`.
 *
 * D is held as a sum of two doubles, which is exact (Dekker's Fast2Sum), and
 * divided once: `quotient` (q, with an ulp of 2^t) is at most 1.5 * 2^t off.
 * The remainder `D - q * 10^k` is found exactly, with the error of the product
 * from Veltkamp's split and Dekker's product (T. J. Dekker, A floating-point
 * technique for extending the available precision, 1971,
 * https://doi.org/10.1007/BF01397083): every term is a multiple of
 * min(1, 2^(t + k)) and below 3 * 2^t * 10^k, so that it and every partial sum
 * fits 53 bits, as 3 * 5^21 < 2^53 and 3 * 2^-52 * 10^18 < 2^53.
 *
 * What is lost is less than 2^(t - 52), in the last division. The rounding
 * is right all the same, as no D / 10^k lies that close to the middle m of two
 * doubles: m is an odd multiple of 2^(s - 1), where 2^s >= 2^(t - 1) is the
 * distance of the two. If 1 - s >= k, their difference times 10^k * 2^(1 - s) is
 * a multiple of 2^k, and the difference is 0 or at least 2^(s - 1) / 5^k, above
 * 2^(t - 52) as 5^21 < 2^49. Otherwise it is 0 or at least 10^-k, and
 * that is at least 2^s * 2^52 / D > 2^(s - 8). Where it is 0 the last
 * division is exact, and the sum rounds to even.
 *
 * Numbers of up to 15 digits need none of that (W. D. Clinger, How to read
 * floating point numbers accurately, 1990,
 * https://doi.org/10.1145/93542.93557). They take the same way, which is no
 * slower than a branch that is mispredicted.
 */
export function closestQuotient(
  high: number,
  low: number,
  shift: number,
  exponent: number,
): number {
  const shifted = high * POWERS_OF_TEN[shift]!;
  const dividend = shifted + low;
  const dividendRest = low - (dividend - shifted);
  const divisor = POWERS_OF_TEN[exponent]!;
  const quotient = dividend / divisor;

  const quotientUpper = upperHalf(quotient);
  const quotientLower = quotient - quotientUpper;
  const divisorUpper = upperHalves[exponent]!;
  const divisorLower = lowerHalves[exponent]!;
  const product = quotient * divisor;
  const productRest = quotientUpper * divisorUpper - product +
    quotientUpper * divisorLower + quotientLower * divisorUpper +
    quotientLower * divisorLower;

  const remainder = dividend - product - productRest + dividendRest;
  return quotient + remainder / divisor;
}
