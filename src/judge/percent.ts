/** A ratio as a change: `+12 %`, `-3.4 %`. */
export function formatChange(ratio: number): string {
  if (ratio === Infinity) return "without bound";
  const percent = 100 * (ratio - 1);
  return `${percent < 0 ? "-" : "+"}${digitsOf(Math.abs(percent))} %`;
}

/** A duration in milliseconds to three digits. */
export function formatMs(durationMs: number): string {
  return `${digitsOf(durationMs)} ms`;
}

/** From here on the digits of a whole number say nothing. */
const TOO_LONG = 1e9;

/** A number to three digits, whole ones in full up to a thousand million. */
export function digitsOf(value: number): string {
  if (Math.abs(value) >= TOO_LONG) return value.toExponential(1);
  return Math.abs(value) >= 100
    ? value.toFixed(0)
    : String(Number(value.toPrecision(3)));
}
