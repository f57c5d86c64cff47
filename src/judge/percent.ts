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

/** A number to three digits, whole ones in full. */
export function digitsOf(value: number): string {
  return Math.abs(value) >= 100
    ? value.toFixed(0)
    : String(Number(value.toPrecision(3)));
}
