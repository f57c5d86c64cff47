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

/** More than what the runtime needs to hand on a result that is there. */
const MICROTASKS = 8;

/** Threads that end at once so often in a row will go on doing so. */
const MOST_TRIES = 10;

const NOTHING = new Uint8Array(0);

let isImmediateNeeded = false;

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

  /** Whether timers and I/O have waited for long enough. */
  get isOver(): boolean {
    return performance.now() - this.#startMs >= HOLD_MS;
  }

  /** Lets timers and I/O that are due go first. */
  async next(): Promise<void> {
    await nextTurn();
    this.#startMs = performance.now();
  }
}

/**
 * Waits for another thread, to which hashing nothing is the cheapest way that
 * needs no permission, and whose result comes with the next turn of the event
 * loop, as `setImmediate` does; but loading that, or any timer, holds the event
 * loop for 5 ms or more. It is left for machines whose other threads run before
 * this one goes on, such as those with a single processor.
 */
async function nextTurn(): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES && !isImmediateNeeded; tries++) {
    if (await isTurn(crypto.subtle.digest("SHA-1", NOTHING))) return;
  }
  isImmediateNeeded = true;
  await new Promise((resolve) => setImmediate(resolve));
}

/** Waits for an operation, and tells whether that took a turn. */
async function isTurn(operation: Promise<unknown>): Promise<boolean> {
  let hasEnded = false;
  const end = operation.then(() => {
    hasEnded = true;
  });
  for (let i = 0; i < MICROTASKS; i++) await undefined;
  const isTurn = !hasEnded;
  await end;
  return isTurn;
}

/**
 * An operation of the system that goes on beside the work: its failure counts
 * as handled, since whoever awaits it may do so much later.
 */
export function alongside<T>(operation: Promise<T>): Promise<T> {
  operation.catch(() => {});
  return operation;
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
