/**
 * Long work cut into slices: every `yield` is a point where others may run.
 * A slice should take well under a millisecond, so that whoever drives the
 * work decides how long it holds the event loop.
 */
export type Sliced<T> = Generator<undefined, T, undefined>;

/**
 * Values that simple work goes through in a slice: up to 6 us, or half a
 * millisecond until its code is compiled.
 */
export const SLICE_VALUES = 1024;

/** Does the work without a pause and returns its result. */
export function runAtOnce<T>(work: Sliced<T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}
