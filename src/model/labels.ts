import type { RunLabels } from "./metrics.ts";
import { shown } from "./options.ts";

/** Bytes that the labels of a run take at most, as JSON in UTF-8. */
export const MAX_LABELS_BYTES = 64 * 1024;

/** A character of JSON takes at most as many bytes: an escape such as `\u0001`. */
const MAX_CHARACTER_BYTES = 6;

/** Whether labels are too long to be saved. */
export function areLabelsTooLong(labels: RunLabels): boolean {
  let length = 2;
  for (const name in labels) length += name.length + labels[name]!.length + 6;
  return length * MAX_CHARACTER_BYTES > MAX_LABELS_BYTES &&
    new TextEncoder().encode(JSON.stringify(labels)).length > MAX_LABELS_BYTES;
}

/** Whether these are labels: an object of strings that is not too long. */
export function areLabels(value: unknown): value is RunLabels {
  return typeof value === "object" && value !== null && !Array.isArray(value) &&
    Object.values(value).every((it) => typeof it === "string") &&
    !areLabelsTooLong(value as RunLabels);
}

/**
 * A copy of labels that somebody gave; `undefined` for none.
 *
 * @throws {TypeError} They are not an object of strings.
 * @throws {RangeError} They are too long.
 */
export function copyLabels(
  labels: RunLabels | undefined,
): RunLabels | undefined {
  if (labels === undefined) return undefined;
  if (Object.prototype.toString.call(labels) !== "[object Object]") {
    throw new TypeError(`labels must be an object: ${shown(labels)}`);
  }
  const entries = Object.entries(labels);
  for (const [name, value] of entries) {
    if (typeof value === "string") continue;
    throw new TypeError(
      `The label ${shown(name)} must be a string: ${shown(value)}`,
    );
  }
  const copy = Object.freeze(Object.fromEntries(entries));
  if (areLabelsTooLong(copy)) {
    throw new RangeError(`labels must have at most ${MAX_LABELS_BYTES} bytes`);
  }
  return entries.length > 0 ? copy : undefined;
}

/** Whether a run has all of these labels. */
export function hasLabels(
  labels: RunLabels | undefined,
  wanted: RunLabels,
): boolean {
  return Object.entries(wanted).every(([name, value]) =>
    labels !== undefined && Object.hasOwn(labels, name) &&
    labels[name] === value
  );
}
