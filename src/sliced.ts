/**
 * Long work cut into slices: every `yield` is a point where others may run.
 * A slice should take well under a millisecond, so that whoever drives the
 * work decides how long it holds the event loop.
 */
export type Sliced<T> = Generator<undefined, T, undefined>;

/**
 * Values that simple work goes through in a slice: up to 20 us, or half a
 * millisecond until its code is compiled.
 */
export const SLICE_VALUES = 4096;

/** How long driven work holds the event loop at a time, in milliseconds. */
const HOLD_MS = 1;

/** Does the work without a pause and returns its result. */
export function runAtOnce<T>(work: Sliced<T>): T {
  let step = work.next();
  while (!step.done) step = work.next();
  return step.value;
}

/**
 * How long the event loop has been held. One turn is kept across pieces of
 * work: awaiting a read or write that has ended already lets nobody else in.
 */
export class Turn {
  #endsMs = performance.now() + HOLD_MS;

  /** Whether timers and I/O have waited for long enough. */
  get isOver(): boolean {
    return performance.now() >= this.#endsMs;
  }

  /** Lets timers and I/O that are due go first. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#endsMs = performance.now() + HOLD_MS;
  }
}

/** Does the work while timers and I/O of the process go on. */
export async function runInSlices<T>(
  work: Sliced<T>,
  turn: Turn = new Turn(),
): Promise<T> {
  let step = work.next();
  while (!step.done) {
    if (turn.isOver) await turn.next();
    step = work.next();
  }
  return step.value;
}
