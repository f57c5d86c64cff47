import type { RunLabels } from "@astraguard/hil-metrics";
import { FIGURE_NAMES } from "../model/figure_name.ts";

/** Requires a string. */
export function requireString(name: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new TypeError(`${name} must be a string: ${shown(value)}`);
}

/** Requires one of the figures. */
export function requireFigure(value: unknown): void {
  if (FIGURE_NAMES.some((it) => it === value)) return;
  throw new TypeError(
    `figure must be one of ${FIGURE_NAMES.join(", ")}: ${shown(value)}`,
  );
}

/** Requires a whole number from `least`, or `Infinity`. */
export function requireCount(
  name: string,
  value: unknown,
  least: number,
): void {
  const isCount = value === Infinity || Number.isSafeInteger(value);
  if (isCount && Number(value) >= least) return;
  const message = `${name} must be a whole number from ${least}: ${
    shown(value)
  }`;
  throw typeof value === "number"
    ? new RangeError(message)
    : new TypeError(message);
}

/** Requires a valid `Date`, perhaps undefined. */
export function requireDate(name: string, value: unknown): void {
  if (value === undefined) return;
  if (!(value instanceof Date)) {
    throw new TypeError(`${name} must be a Date: ${shown(value)}`);
  }
  if (Number.isNaN(value.getTime())) {
    throw new RangeError(`${name} must be a valid Date`);
  }
}

/** Requires strings in an array, perhaps undefined. */
export function requireStrings(name: string, value: unknown): void {
  if (value === undefined) return;
  if (!Array.isArray(value) || value.some((it) => typeof it !== "string")) {
    throw new TypeError(`${name} must be an array of strings: ${shown(value)}`);
  }
}

/** Requires true or false, perhaps undefined. */
export function requireOptionalBoolean(name: string, value: unknown): void {
  if (value === undefined || typeof value === "boolean") return;
  throw new TypeError(`${name} must be true or false: ${shown(value)}`);
}

/** Requires labels, perhaps undefined. */
export function requireLabels(value: RunLabels | undefined): void {
  if (value === undefined) return;
  const isObject = Object.prototype.toString.call(value) === "[object Object]";
  if (isObject && Object.values(value).every((it) => typeof it === "string")) {
    return;
  }
  throw new TypeError(`labels must be an object of strings: ${shown(value)}`);
}

function shown(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
