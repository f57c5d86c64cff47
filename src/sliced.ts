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

/** How long work holds the event loop at a time, in milliseconds. */
const HOLD_MS = 1;

/**
 * How long it does so where there is no operation to wait for, until
 * `setImmediate` has been used: loading it holds the event loop for 6 ms.
 */
const FIRST_HOLD_MS = 2;

/**
 * How often in a row an operation's end is taken for a turn of the event loop.
 * A few have ended by the time they are first looked at, without one.
 */
const MOST_WAITS = 8;

let isImmediateLoaded = false;

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
  #waits = 0;

  /** Whether timers and I/O have waited for long enough. */
  get isOver(): boolean {
    const holdMs = isImmediateLoaded || this.#operation !== undefined
      ? HOLD_MS
      : FIRST_HOLD_MS;
    return performance.now() - this.#startMs >= holdMs;
  }

  /**
   * Takes note of an operation of the system that has just begun: its end
   * usually comes with another turn of the event loop. Its failure counts as
   * handled, since whoever awaits it may do so much later.
   */
  during<T>(operation: Promise<T>): Promise<T> {
    const end = () => {
      if (this.#operation === operation) this.#operation = undefined;
      if (this.#waits === MOST_WAITS) return;
      this.#waits++;
      this.#startMs = performance.now();
    };
    operation.then(end, end);
    this.#operation = operation;
    return operation;
  }

  /**
   * Lets timers and I/O that are due go first, and may wait for an operation
   * that is under way.
   */
  async next(): Promise<void> {
    if (this.#operation !== undefined && this.#waits < MOST_WAITS) {
      await this.#operation.catch(() => {});
    } else {
      await immediate();
      this.#waits = 0;
      this.#startMs = performance.now();
    }
  }
}

function immediate(): Promise<void> {
  isImmediateLoaded = true;
  return new Promise((resolve) => setImmediate(resolve));
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
