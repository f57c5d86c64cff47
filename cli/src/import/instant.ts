import { readScaled, type TimeUnit, UNIT_EXPONENTS } from "./time_unit.ts";

/** A point in time. */
export interface Instant {
  /** Unix time in seconds: the double closest to it. */
  readonly unixS: number;
  /** The whole seconds in it. */
  readonly wholeS: number;
  /** The nanoseconds after these. */
  readonly nanos: number;
}

const NANOS_PER_S = 1e9;
const NANO_DIGITS = 9;

const YEAR_DIGITS = 4;
const DASH = 0x2d;

/** A day and a time of ISO 8601, with a zone or without. */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d+))?(?:(Z)|([+-])(\d\d):?(\d\d))?$/i;

/** A decimal without an exponent. */
const PLAIN = /^\+?(\d+)(?:\.(\d*))?$/;

/**
 * Reads Unix time in this unit, or a time of ISO 8601, which is UTC where it
 * names no zone. `undefined` where it is neither.
 */
export function readInstant(text: string, unit: TimeUnit): Instant | undefined {
  const trimmed = text.trim();
  return trimmed.charCodeAt(YEAR_DIGITS) === DASH
    ? readIso(trimmed)
    : readUnixTime(trimmed, unit);
}

/** The instant of Unix time in seconds. */
export function instantOf(unixS: number): Instant {
  const wholeS = Math.floor(unixS);
  return { unixS, wholeS, nanos: Math.round((unixS - wholeS) * NANOS_PER_S) };
}

/**
 * The seconds from one instant to another, to the nanosecond: of the doubles
 * that Unix times are, the difference is wrong by a quarter of a microsecond.
 */
export function secondsBetween(from: Instant, to: Instant): number {
  const nanos = (to.wholeS - from.wholeS) * NANOS_PER_S + to.nanos - from.nanos;
  return nanos / NANOS_PER_S;
}

function readUnixTime(text: string, unit: TimeUnit): Instant | undefined {
  const exponent = UNIT_EXPONENTS[unit];
  const unixS = readScaled(text, exponent);
  if (!Number.isFinite(unixS)) return undefined;
  const match = PLAIN.exec(text);
  if (match === null) return instantOf(unixS);
  const [, whole = "", fraction = ""] = match;
  const digits = whole.padStart(-exponent + 1, "0");
  const point = digits.length + exponent;
  return {
    unixS,
    wholeS: Number(digits.slice(0, point)),
    nanos: nanosOf(digits.slice(point) + fraction),
  };
}

function readIso(text: string): Instant | undefined {
  const match = ISO.exec(text);
  if (match === null) return undefined;
  const [year, month, day, hour, minute, second] = match.slice(1, 7).map(
    Number,
  ) as [number, number, number, number, number, number];
  const [, , , , , , , fraction = "", , sign, zoneHours, zoneMinutes] = match;
  const time = Date.UTC(year, month - 1, day, hour, minute, second);
  // What is out of its range has become another time.
  const isSame = new Date(time).toISOString().startsWith(
    text.slice(0, 19).replace(" ", "T").toUpperCase(),
  );
  if (!isSame) return undefined;
  const offsetS = (Number(zoneHours ?? 0) * 60 + Number(zoneMinutes ?? 0)) * 60;
  const wholeS = time / 1000 - (sign === "-" ? -offsetS : offsetS);
  const nanos = nanosOf(fraction);
  const unixS = wholeS >= 0
    ? Number(`${wholeS}.${fraction}0`)
    : wholeS + nanos / NANOS_PER_S;
  return { unixS, wholeS, nanos };
}

/** The nanoseconds that digits after a point are; what is less is dropped. */
function nanosOf(fraction: string): number {
  return Number(fraction.slice(0, NANO_DIGITS).padEnd(NANO_DIGITS, "0"));
}
