/** Checks of options: what is wrong with one is a programmer's mistake. */

/** Requires an object of options, such as a number is not. */
export function requireOptions(options: unknown): void {
  // Neither an array nor a map, whose entries would not be seen.
  if (Object.prototype.toString.call(options) === "[object Object]") return;
  throw new TypeError(`Options must be an object: ${shown(options)}`);
}

/** Requires one of these values. */
export function requireOneOf(
  name: string,
  value: unknown,
  allowed: readonly unknown[],
): void {
  if (allowed.includes(value)) return;
  const last = shown(allowed.at(-1));
  const others = allowed.slice(0, -1).map(shown).join(", ");
  throw new TypeError(
    `${name} must be ${others} or ${last}: ${shown(value)}`,
  );
}

/** Requires true or false. */
export function requireBoolean(name: string, value: unknown): void {
  requireOneOf(name, value, [true, false]);
}

/** Requires a string. */
export function requireString(name: string, value: unknown): void {
  if (typeof value === "string") return;
  throw new TypeError(`${name} must be a string: ${shown(value)}`);
}

/** Requires a number, which may be infinite. */
export function requireNumber(name: string, value: unknown): void {
  if (typeof value === "number" && !Number.isNaN(value)) return;
  throw wrongNumber(name, "a number", value);
}

/** Requires a string, perhaps undefined. */
export function requireOptionalString(name: string, value: unknown): void {
  if (value === undefined || typeof value === "string") return;
  throw new TypeError(`${name} must be a string: ${shown(value)}`);
}

/** Requires a function. */
export function requireFunction(name: string, value: unknown): void {
  if (typeof value === "function") return;
  throw new TypeError(`${name} must be a function: ${shown(value)}`);
}

/** Requires an `AbortSignal`, perhaps undefined. */
export function requireSignal(value: unknown): void {
  if (value === undefined || value instanceof AbortSignal) return;
  throw new TypeError(`signal must be an AbortSignal: ${shown(value)}`);
}

/** Requires a valid `Date`, perhaps undefined. */
export function requireOptionalDate(name: string, value: unknown): void {
  if (value === undefined) return;
  if (!(value instanceof Date)) {
    throw new TypeError(`${name} must be a Date: ${shown(value)}`);
  }
  if (Number.isNaN(value.getTime())) {
    throw new RangeError(`${name} must be a valid Date`);
  }
}

/** Requires a whole number from 0, or `Infinity`. */
export function requireLimit(name: string, value: unknown): void {
  if (value === Infinity || Number.isSafeInteger(value) && Number(value) >= 0) {
    return;
  }
  throw wrongNumber(name, "a whole number from 0, or Infinity", value);
}

/** Requires a number from 0, which may be `Infinity`. */
export function requireDuration(name: string, value: unknown): void {
  if (typeof value === "number" && value >= 0) return;
  throw wrongNumber(name, "a number from 0", value);
}

/** A value as a message shows it. */
export function shown(value: unknown): string {
  if (typeof value === "bigint") return `${value}n`;
  if (typeof value === "number") return String(value);
  if (typeof value === "function") return "a function";
  try {
    const text = JSON.stringify(value) ?? typeof value;
    return text.length > 60 ? `${text.slice(0, 60)}...` : text;
  } catch {
    return typeof value;
  }
}

function wrongNumber(
  name: string,
  wanted: string,
  value: unknown,
): RangeError | TypeError {
  const message = `${name} must be ${wanted}: ${shown(value)}`;
  return typeof value === "number"
    ? new RangeError(message)
    : new TypeError(message);
}
