import { closestQuotient, MAX_QUOTIENT_EXPONENT } from "./closest_quotient.ts";

const ZERO = 0x30;
const NINE = 0x39;
const PLUS = 0x2b;
const MINUS = 0x2d;
const POINT = 0x2e;
const LOWER_E = 0x65;

/** Digits of which the first ten, then eight more, are exact integers. */
const LOW_DIGITS = 8;

const ascii = new TextDecoder("latin1");

function isSign(byte: number): boolean {
  return byte === PLUS || byte === MINUS;
}

/** The offset after the digits that start at `at`. */
function skipDigits(view: DataView, at: number, end: number): number {
  while (at < end && view.getUint8(at) >= ZERO && view.getUint8(at) <= NINE) {
    at++;
  }
  return at;
}

/**
 * The double closest to the decimal number that the bytes from `start` to
 * before `end` spell, as `Number()` gives it: infinite where it is too large,
 * and `NaN` where the bytes are not an optional sign, digits, an optional
 * fraction and an optional exponent.
 */
export function parseDecimal(
  view: DataView,
  start: number,
  end: number,
): number {
  const wholeStart = start < end && isSign(view.getUint8(start))
    ? start + 1
    : start;
  const wholeEnd = skipDigits(view, wholeStart, end);
  if (wholeEnd === wholeStart) return NaN;

  let digitsEnd = wholeEnd;
  let fractionDigits = 0;
  if (wholeEnd < end && view.getUint8(wholeEnd) === POINT) {
    digitsEnd = skipDigits(view, wholeEnd + 1, end);
    fractionDigits = digitsEnd - wholeEnd - 1;
    if (fractionDigits === 0) return NaN;
  }

  if (digitsEnd < end) {
    // 0x20 is what tells a lower-case letter from its capital.
    if ((view.getUint8(digitsEnd) | 0x20) !== LOWER_E) return NaN;
    let at = digitsEnd + 1;
    if (at < end && isSign(view.getUint8(at))) at++;
    if (at === end || skipDigits(view, at, end) !== end) return NaN;
    return spelledNumber(view, start, end);
  }

  let high = 0;
  let low = 0;
  let lowDigits = 0;
  for (let at = wholeStart; at < digitsEnd; at++) {
    const byte = view.getUint8(at);
    if (byte === POINT) continue;
    if (high < 1e9) {
      high = high * 10 + byte - ZERO;
    } else {
      low = low * 10 + byte - ZERO;
      if (++lowDigits > LOW_DIGITS) return spelledNumber(view, start, end);
    }
  }
  if (fractionDigits > MAX_QUOTIENT_EXPONENT) {
    return spelledNumber(view, start, end);
  }
  const value = closestQuotient(high, low, lowDigits, fractionDigits);
  return view.getUint8(start) === MINUS ? -value : value;
}

function spelledNumber(view: DataView, start: number, end: number): number {
  return Number(
    ascii.decode(
      new DataView(view.buffer, view.byteOffset + start, end - start),
    ),
  );
}
