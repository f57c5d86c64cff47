import { closestQuotient, MAX_QUOTIENT_EXPONENT } from "./_closest_quotient.ts";

const ZERO = 0x30;
const NINE = 0x39;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const LOWER_E = 0x65;

/** Digits of which the first ten, then eight more, are exact integers. */
const LOW_DIGITS = 8;

const ascii = new TextDecoder("latin1");

function isSign(byte: number | undefined): boolean {
  return byte === PLUS || byte === MINUS;
}

/** The offset after the digits that start at `at`. */
function skipDigits(bytes: Uint8Array, at: number, end: number): number {
  while (at < end && bytes[at]! >= ZERO && bytes[at]! <= NINE) at++;
  return at;
}

/**
 * The double closest to the decimal number that the bytes from `start` to
 * before `end` spell, as `Number()` gives it: infinite where it is too large,
 * and `NaN` where the bytes are not an optional sign, digits, an optional
 * fraction and an optional exponent.
 */
export function parseDecimal(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const wholeStart = isSign(bytes[start]) && start < end ? start + 1 : start;
  const wholeEnd = skipDigits(bytes, wholeStart, end);
  if (wholeEnd === wholeStart) return NaN;

  let digitsEnd = wholeEnd;
  let fractionDigits = 0;
  if (wholeEnd < end && bytes[wholeEnd] === POINT) {
    digitsEnd = skipDigits(bytes, wholeEnd + 1, end);
    fractionDigits = digitsEnd - wholeEnd - 1;
    if (fractionDigits === 0) return NaN;
  }

  if (digitsEnd < end) {
    // 0x20 is what tells a lower-case letter from its capital.
    if ((bytes[digitsEnd]! | 0x20) !== LOWER_E) return NaN;
    let at = digitsEnd + 1;
    if (at < end && isSign(bytes[at])) at++;
    if (at === end || skipDigits(bytes, at, end) !== end) return NaN;
    return spelledNumber(bytes, start, end);
  }

  let high = 0;
  let low = 0;
  let lowDigits = 0;
  for (let at = wholeStart; at < digitsEnd; at++) {
    const byte = bytes[at]!;
    if (byte === POINT) continue;
    if (high < 1e9) {
      high = high * 10 + byte - ZERO;
    } else {
      low = low * 10 + byte - ZERO;
      if (++lowDigits > LOW_DIGITS) return spelledNumber(bytes, start, end);
    }
  }
  if (fractionDigits > MAX_QUOTIENT_EXPONENT) {
    return spelledNumber(bytes, start, end);
  }
  const value = closestQuotient(high, low, lowDigits, fractionDigits);
  return bytes[start] === MINUS ? -value : value;
}

function spelledNumber(bytes: Uint8Array, start: number, end: number): number {
  return Number(ascii.decode(bytes.subarray(start, end)));
}
