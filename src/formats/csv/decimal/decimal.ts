/** Bytes that {@linkcode writeDecimal} writes at most. */
export const DECIMAL_ROOM_BYTES = 24;

/**
 * The shortest decimal that reads back as the number (of several, the closest
 * to it), spelled as Python's `repr` does: `1.0`, `0.0001`, `1e-05`,
 * `1.5e+16`, `-0.0`, `nan`, `-inf`.
 */
export function spellDecimal(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e16) {
    return Number.isInteger(value) ? `${value}.0` : `${value}`;
  }
  if (value === 0) return Object.is(value, -0) ? "-0.0" : "0.0";
  if (Number.isNaN(value)) return "nan";
  if (size === Infinity) return value < 0 ? "-inf" : "inf";
  return value.toExponential().replace(/([+-])(\d)$/, "$10$2");
}

/**
 * Writes a number as {@linkcode spellDecimal} spells it and returns the offset
 * after it. Needs {@linkcode DECIMAL_ROOM_BYTES} from `at` on.
 */
export function writeDecimal(
  value: number,
  bytes: Uint8Array,
  at: number,
): number {
  const text = spellDecimal(value);
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
