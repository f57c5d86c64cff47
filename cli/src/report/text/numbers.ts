const THREE_DIGITS = new Intl.NumberFormat("en", {
  minimumSignificantDigits: 3,
  maximumSignificantDigits: 3,
});
const PERCENT = new Intl.NumberFormat("en", {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  signDisplay: "always",
});
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });

/** A number to three digits, from 100 on a whole one: `0.120`, `12,346`. */
export function formatNumber(value: number): string {
  return value === 0
    ? "0"
    : (Math.abs(value) < 100 ? THREE_DIGITS : WHOLE).format(value);
}

/** A ratio as a change: `+12.0 %`, `-3.4 %`; none of a ratio that is missing. */
export function formatChange(ratio: number | undefined): string {
  if (ratio === undefined || Number.isNaN(ratio)) return "";
  if (ratio === Infinity || ratio === 0) return "no limit";
  return `${PERCENT.format(100 * (ratio - 1))} %`;
}

/** An interval of ratios: `+8.0 % to +15.1 %`. */
export function formatInterval(
  interval: readonly [number, number] | undefined,
): string {
  return interval === undefined
    ? ""
    : `${formatChange(interval[0])} to ${formatChange(interval[1])}`;
}

/** A count of things by their name in the singular: `1 run`, `1,203 rows`. */
export function formatCount(count: number, noun: string): string {
  return `${WHOLE.format(count)} ${noun}${count === 1 ? "" : "s"}`;
}
