/** How many bytes {@linkcode writeDecimal} may touch from its offset on. */
export const DECIMAL_ROOM_BYTES = 32;

/** The spelling of Python's `repr(float)`, from that of JavaScript. */
function spellAsPython(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  const size = Math.abs(value);
  if (size === 0 || (size >= 1e-4 && size < 1e16)) {
    const digits = String(value);
    return Number.isInteger(value) ? `${digits}.0` : digits;
  }
  return value.toExponential().replace(/([+-])(\d)$/, "$10$2");
}

/**
 * Writes a number as the shortest decimal that reads back the same, spelled
 * as Python's `repr` does (`1.0`, `1e+16`, `1.5e-07`, `-0.0`, `nan`), and
 * returns the offset after it.
 *
 * Needs `DECIMAL_ROOM_BYTES` from `at` on, of which those after the returned
 * offset are left undefined.
 */
export function writeDecimal(
  value: number,
  bytes: Uint8Array,
  at: number,
): number {
  const text = spellAsPython(value);
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}
