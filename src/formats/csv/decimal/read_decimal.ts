import { POWERS_OF_TEN } from "./closest_quotient.ts";
import { parseDecimal } from "./parse_decimal.ts";

/** Whole numbers of so many digits are exact. */
const MAX_DIGITS = 15;

/**
 * What the digits of a fraction count: being a power of two it changes no
 * rounding, and being small it keeps sums from being whole numbers, which V8
 * would turn into integers and back at a higher price than that of adding.
 */
const UNIT = 2 ** -53;

/** Four times the digit 0. */
const ZEROS = 0x30303030;

const POINT = 0x2e;

/**
 * Not 0 if one of four bytes, from which the digit 0 has been taken away, is
 * above 9; its lowest bit set is the highest bit of the first such byte.
 */
function nonDigits(bytes: number): number {
  return ((bytes + 0x76767676) | bytes) & 0x80808080;
}

/** The number that four digits make, the first in the lowest byte. */
function fourDigits(digits: number): number {
  const pairs = (Math.imul(digits, 10) + (digits >>> 8)) & 0x00ff00ff;
  return Math.imul(pairs & 0xff, 100) + (pairs >> 16);
}

/** Reads what needs more care; in `readDecimal` it would slow the rest down. */
function readClosely(
  view: DataView,
  start: number,
  end: number,
  column: Float64Array,
  row: number,
): void {
  column[row] = parseDecimal(view, start, end);
}

/**
 * Reads the decimal number that starts at `start` into a place of the column
 * and returns the offset after it; -1 if it has a sign, more than 15 digits
 * before the point, or none before or after it.
 *
 * What follows the number is not looked at. Four bytes after it must be
 * readable.
 *
 * Digits are taken four at a time, as in D. Lemire, Quickly parsing eight
 * digits, 2018, https://lemire.me/blog/2018/10/03/quickly-parsing-eight-digits/.
 * The fraction's double is at most 2^-54 off. Rounding never turns the order
 * of two sums around: where 2^-53 more and 2^-53 less give the same sum with
 * the whole part, then so does the true fraction, which lies between. That
 * settles most numbers above 64; `parseDecimal` sees to the others, and to
 * fractions of more than 15 digits.
 *
 * Note: it writes into the column because a function this large is not
 * inlined, and a double it returned would be allocated.
 */
export function readDecimal(
  view: DataView,
  start: number,
  column: Float64Array,
  row: number,
): number {
  let at = start;
  let whole = 0;
  let digits = view.getInt32(at, true) ^ ZEROS;
  while (nonDigits(digits) === 0) {
    whole = whole * 10_000 + fourDigits(digits);
    at += 4;
    digits = view.getInt32(at, true) ^ ZEROS;
  }
  while ((digits & 0xff) <= 9) {
    whole = whole * 10 + (digits & 0xff);
    at++;
    digits >>>= 8;
  }
  if (at === start || at - start > MAX_DIGITS) return -1;
  if ((digits & 0xff) !== (POINT ^ 0x30)) {
    column[row] = whole;
    return at;
  }

  const fractionStart = ++at;
  let fraction = 0;
  digits = view.getInt32(at, true) ^ ZEROS;
  let stop = nonDigits(digits);
  while (stop === 0) {
    fraction = fraction * 10_000 + fourDigits(digits) * UNIT;
    at += 4;
    digits = view.getInt32(at, true) ^ ZEROS;
    stop = nonDigits(digits);
  }
  // How many are left varies from number to number: a loop is mispredicted.
  const left = (31 - Math.clz32(stop & -stop)) >> 3;
  fraction = fraction * POWERS_OF_TEN[left]! +
    fourDigits((digits << (24 - 8 * left)) << 8) * UNIT;
  at += left;

  const exponent = at - fractionStart;
  if (exponent === 0) return -1;
  if (exponent <= MAX_DIGITS) {
    const part = fraction / (POWERS_OF_TEN[exponent]! * UNIT);
    const sum = whole + part;
    const least = whole + (part - 2 ** -53);
    const most = whole + (part + 2 ** -53);
    if (least === sum && most === sum) {
      column[row] = sum;
      return at;
    }
  }
  readClosely(view, start, at, column, row);
  return at;
}
