/**
 * Long work cut into slices: every `yield` is a point where others may run.
 * A slice should take well under a millisecond, so that whoever drives the
 * work decides how long it holds the event loop.
 */
export type Sliced<T> = Generator<undefined, T, undefined>;

/** How long driven work holds the event loop at a time, in milliseconds. */
const HOLD_MS = 1.5;

/** Does the work without a pause and returns its result. */
export function runAtOnce<T>(work: Sliced<T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/** Does the work while timers and I/O of the process go on. */
export async function runInSlices<T>(work: Sliced<T>): Promise<T> {
  let turnEndsMs = performance.now() + HOLD_MS;
  let step = work.next();
  while (!step.done) {
    if (performance.now() >= turnEndsMs) {
      await nextTurn();
      turnEndsMs = performance.now() + HOLD_MS;
    }
    step = work.next();
  }
  return step.value;
}

/** Resolves when timers and I/O that were due have had their turn. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
