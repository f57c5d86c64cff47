import { shown } from "./options.ts";

/** The year 10000: no ISO 8601 date of four digits, and no time of a bench. */
const MAX_UNIX_TIME_S = 253_402_300_800;

/**
 * The time, if it is Unix time in seconds up to the year 9999.
 *
 * @throws {RangeError} It is not: `Date.now()` gives milliseconds.
 */
export function requireUnixTime(name: string, value: number): number {
  if (typeof value === "number" && value >= 0 && value < MAX_UNIX_TIME_S) {
    return value;
  }
  throw new RangeError(
    `${name} must give Unix time in seconds, with a fraction: ${shown(value)}`,
  );
}

/**
 * The time in the local zone as Python's `datetime.isoformat()` spells it:
 * `2026-02-09T14:03:21.204661`, without the fraction when it is zero.
 */
export function formatLocalTime(unixTimeS: number): string {
  const totalUs = Math.round(unixTimeS * 1e6);
  const date = new Date(Math.floor(totalUs / 1000));
  const fractionUs = totalUs - Math.floor(totalUs / 1e6) * 1e6;
  const day = [
    String(date.getFullYear()).padStart(4, "0"),
    twoDigits(date.getMonth() + 1),
    twoDigits(date.getDate()),
  ].join("-");
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()]
    .map(twoDigits).join(":");
  const fraction = fractionUs === 0
    ? ""
    : `.${String(fractionUs).padStart(6, "0")}`;
  return `${day}T${time}${fraction}`;
}

function twoDigits(value: number): string {
  return String(value).padStart(2, "0");
}
