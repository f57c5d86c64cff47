import { shown } from "../../model/options.ts";

/** What is wrong with a value, and where in it. */
export interface Flaw {
  readonly keys: string[];
  readonly reason: string;
}

/** Finds what is wrong with a value, or freezes it. */
export type Check = (value: unknown) => Flaw | undefined;

/** A finite number. */
export const number: Check = (value) =>
  Number.isFinite(value) ? undefined : isNot("a finite number", value);

/** A whole number from 0. */
export const count: Check = (value) =>
  Number.isSafeInteger(value) && value as number >= 0
    ? undefined
    : isNot("a whole number", value);

/** A string. */
export const text: Check = (value) =>
  typeof value === "string" ? undefined : isNot("a string", value);

/** True: what is not is left out. */
export const isTrue: Check = (value) =>
  value === true ? undefined : isNot("true", value);

/** An object with these fields; others are kept as they are. */
export function record(
  required: Readonly<Record<string, Check>>,
  optional: Readonly<Record<string, Check>> = {},
): Check {
  const requiredKeys = Object.keys(required);
  const checks = new Map(Object.entries({ ...required, ...optional }));
  return (value) => {
    if (!isObject(value)) return isNot("an object", value);
    let known = 0;
    for (const key in value) {
      const check = checks.get(key);
      if (check === undefined) {
        deepFreeze(value[key]);
        continue;
      }
      known++;
      // Most are numbers, and a call takes longer than to look at one.
      if (check === number && Number.isFinite(value[key])) continue;
      const flaw = check(value[key]);
      if (flaw !== undefined) return within(key, flaw);
    }
    // With as many as there are, none is missing, but for optional ones.
    if (known < checks.size) {
      const missing = requiredKeys.find((key) => !Object.hasOwn(value, key));
      if (missing !== undefined) {
        return { keys: [missing], reason: "is missing" };
      }
    }
    Object.freeze(value);
    return undefined;
  };
}

/** An object with any keys. */
export function dictionary(check: Check): Check {
  return (value) => {
    if (!isObject(value)) return isNot("an object", value);
    for (const key in value) {
      const flaw = check(value[key]);
      if (flaw !== undefined) return within(key, flaw);
    }
    Object.freeze(value);
    return undefined;
  };
}

/** Several checks of one value. */
export function both(first: Check, second: Check): Check {
  return (value) => first(value) ?? second(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNot(wanted: string, value: unknown): Flaw {
  return { keys: [], reason: `must be ${wanted}: ${show(value)}` };
}

function within(key: string, { keys, reason }: Flaw): Flaw {
  return { keys: [key, ...keys], reason };
}

/** The value, unless it may be nested deeper than the stack is. */
function show(value: unknown): string {
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" && value !== null
    ? "an object"
    : shown(value);
}

/** Freezes without recursion: an unknown field may be nested without end. */
function deepFreeze(document: unknown): void {
  const open = [document];
  for (let value; (value = open.pop()) !== undefined;) {
    if (typeof value !== "object" || value === null) continue;
    Object.freeze(value);
    for (const key in value) {
      const inner = value[key as keyof typeof value];
      if (typeof inner === "object" && inner !== null) open.push(inner);
    }
  }
}
