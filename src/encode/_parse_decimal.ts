/** An optional sign, digits, an optional fraction, an optional exponent. */
const DECIMAL = /^[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

const ascii = new TextDecoder("latin1");

/**
 * The double closest to the decimal number that the bytes from `start` to
 * before `end` spell, as `Number()` gives it: infinite where it is too large,
 * and `NaN` where the bytes are not a decimal number.
 */
export function parseDecimal(
  bytes: Uint8Array,
  start: number,
  end: number,
): number {
  const text = ascii.decode(bytes.subarray(start, end));
  return DECIMAL.test(text) ? Number(text) : NaN;
}
