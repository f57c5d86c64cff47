import { InvalidArgumentError } from "commander";

const HOURS_PER: Readonly<Record<string, number>> = { h: 1, d: 24, w: 168 };

/** A whole number from 1, or "all". */
export function countOrAll(text: string): number {
  return text === "all" ? Infinity : count(text);
}

/** A whole number from 1. */
export function count(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value >= 1) {
    return value;
  }
  throw new InvalidArgumentError("It must be a whole number from 1.");
}

/** A share above 0: 0.1, or 10%. */
export function share(text: string): number {
  const value = text.endsWith("%")
    ? Number(text.slice(0, -1)) / 100
    : Number(text);
  if (/^[\d.]+%?$/.test(text) && value > 0 && value < Infinity) return value;
  throw new InvalidArgumentError("It must be a share above 0, as 0.1 or 10%.");
}

/** A date and time as of ISO 8601 (local where it names no zone), or an age. */
export function time(text: string): Date {
  const age = /^(\d+)(h|d|w)$/.exec(text);
  if (age !== null) {
    const hours = Number(age[1]) * HOURS_PER[age[2]!]!;
    return new Date(Date.now() - hours * 3_600_000);
  }
  const isDay = /^\d{4}-\d\d-\d\d$/.test(text);
  const date = new Date(isDay ? `${text}T00:00` : text);
  if (/^\d{4}-/.test(text) && !Number.isNaN(date.getTime())) return date;
  throw new InvalidArgumentError(
    "It must be a date (2026-11-25, 2026-11-25T18:00) or an age (12h, 30d, 4w).",
  );
}

/** One `name=value` more. */
export function label(
  text: string,
  others: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be NAME=VALUE.");
  return { ...others, [text.slice(0, at)]: text.slice(at + 1) };
}

/** One value more. */
export function another(text: string, others: string[] = []): string[] {
  return [...others, text];
}

/** When scenario time is 0: "first", "earliest", or a Unix time in seconds. */
export function timeOrigin(text: string): "first" | "earliest" | number {
  if (text === "first" || text === "earliest") return text;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  throw new InvalidArgumentError(
    "It must be first, earliest, or a Unix time in seconds.",
  );
}
