const SCALES = [["s", 1e3], ["ms", 1], ["µs", 1e-3], ["ns", 1e-6]] as const;

/** A number to three digits, without an exponent. */
export function threeDigits(value: number): string {
  return Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en")
    : value.toPrecision(3);
}

/** A duration to three digits, in the unit that suits it. */
export function formatDuration(durationMs: number): string {
  const [unit, scaleMs] = SCALES.find(([, ms]) => durationMs >= ms) ??
    SCALES.at(-1)!;
  return `${threeDigits(durationMs / scaleMs)} ${unit}`;
}

/** A size to three digits, in the unit that suits it. */
export function formatBytes(bytes: number): string {
  if (bytes >= 1e6) return `${threeDigits(bytes / 1e6)} MB`;
  if (bytes >= 1e3) return `${threeDigits(bytes / 1e3)} kB`;
  return `${Math.round(bytes)} B`;
}
