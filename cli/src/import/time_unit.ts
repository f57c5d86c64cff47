/** A unit that durations and times are told in. */
export type TimeUnit = "ns" | "us" | "ms" | "s";

/** Every unit, and the power of ten that it is of a second. */
export const UNIT_EXPONENTS: Readonly<Record<TimeUnit, number>> = Object.freeze(
  { ns: -9, us: -6, ms: -3, s: 0 },
);

/** The power of ten that turns a second into milliseconds. */
const MS_PER_S_EXPONENT = 3;

/** A unit at the end of a name: `wait_us`, `wait (us)`; and `waitMs`. */
const NAMED_UNIT = /[_ (\[.-](ns|[uµμ]s|ms|s)[)\]]?$/i;
const CAMEL_UNIT = /[a-z](Ns|Us|Ms|S)$/;

const DECIMAL = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?\s*$/i;

/** The unit that the name of a column ends in, if it does. */
export function unitInName(name: string): TimeUnit | undefined {
  const match = NAMED_UNIT.exec(name) ?? CAMEL_UNIT.exec(name);
  const unit = match?.[1]?.toLowerCase();
  if (unit === undefined) return undefined;
  return unit === "µs" || unit === "μs" ? "us" : unit as TimeUnit;
}

/**
 * A decimal times a power of ten: the double closest to the product, since the
 * point of the text is moved before it is rounded. `NaN` where it is none.
 */
export function readScaled(text: string, exponent: number): number {
  if (!DECIMAL.test(text)) return NaN;
  if (exponent === 0) return Number(text);
  const value = Number(text);
  // A whole number by a power of ten is rounded once, too, and faster.
  if (exponent < 0 && Number.isSafeInteger(value)) {
    return value / 10 ** -exponent;
  }
  const trimmed = text.trim();
  const mark = trimmed.search(/e/i);
  if (mark === -1) return Number(`${trimmed}e${exponent}`);
  const own = Number(trimmed.slice(mark + 1));
  return Number(`${trimmed.slice(0, mark)}e${own + exponent}`);
}

/** A duration in milliseconds; `NaN` where the text is no number. */
export function readDurationMs(text: string, unit: TimeUnit): number {
  return readScaled(text, UNIT_EXPONENTS[unit] + MS_PER_S_EXPONENT);
}
