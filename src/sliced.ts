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

/** How long work holds the event loop while an operation is under way, in ms. */
const HOLD_MS = 1;

/** How long it holds it where there is none to wait for. */
const LONGEST_HOLD_MS = 2;

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
  #startMs = performance.now();
  #operation: Promise<unknown> | undefined;

  /** Whether timers and I/O have waited for long enough. */
  get isOver(): boolean {
    const holdMs = this.#operation === undefined ? LONGEST_HOLD_MS : HOLD_MS;
    return performance.now() - this.#startMs >= holdMs;
  }

  /**
   * Takes note of an operation of the system that has just begun: when it ends
   * the event loop has turned.
   */
  during<T>(operation: Promise<T>): Promise<T> {
    const end = () => {
      this.#startMs = performance.now();
      if (this.#operation === operation) this.#operation = undefined;
    };
    operation.then(end, end);
    this.#operation = operation;
    return operation;
  }

  /**
   * Lets timers and I/O that are due go first.
   *
   * Note: a process that has not used `setImmediate` holds the event loop for
   * 6 ms to load it, so an operation that is under way is waited for instead.
   */
  async next(): Promise<void> {
    await (this.#operation?.catch(() => {}) ??
      new Promise((resolve) => setImmediate(resolve)));
    this.#startMs = performance.now();
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
