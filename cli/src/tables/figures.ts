/** Where there is no figure. */
export const NONE = "–";

const DIGITS = 4;

/** Milliseconds in four digits, or as many as stand before the point. */
export function formatMs(valueMs: number | undefined): string {
  if (valueMs === undefined || !Number.isFinite(valueMs)) return NONE;
  const size = Math.abs(valueMs);
  if (size === 0) return "0";
  if (size >= 1e9 || size < 1e-6) return valueMs.toExponential(2);
  if (size < 1) return valueMs.toPrecision(DIGITS - 1);
  const before = Math.floor(Math.log10(size)) + 1;
  return valueMs.toFixed(Math.max(0, DIGITS - before));
}

/** From here on, a factor says more than a percentage. */
const MOST_PERCENT = 1000;

/** A ratio as a change: 1.123 is "+12.3 %", 25 is "×25". */
export function formatChange(ratio: number | undefined): string {
  if (ratio === undefined || Number.isNaN(ratio)) return NONE;
  const percent = 100 * (ratio - 1);
  if (percent >= MOST_PERCENT) return `×${factor(ratio)}`;
  const size = Math.abs(percent);
  const text = size < 100 ? size.toFixed(1) : size.toFixed(0);
  // What is rounded to nothing has no sign.
  const sign = Number(text) === 0 ? "" : percent > 0 ? "+" : "−";
  return `${sign}${text} %`;
}

function factor(ratio: number): string {
  if (ratio === Infinity) return "∞";
  return ratio < 1e6
    ? String(Number(ratio.toPrecision(3)))
    : ratio.toExponential(0);
}

/** An interval of ratios as changes. */
export function formatInterval(
  interval: readonly [low: number, high: number] | undefined,
): string {
  if (interval === undefined) return NONE;
  const [low, high] = interval;
  return `${formatChange(low)} … ${formatChange(high)}`;
}

/** A size in bytes, in the unit that fits. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let at = 0;
  let value = bytes;
  for (; value >= 1000 && at < units.length - 1; at++) value /= 1000;
  return `${at === 0 ? value : value.toPrecision(3)} ${units[at]}`;
}

/** A count with its noun. */
export function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
