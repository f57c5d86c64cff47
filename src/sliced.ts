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

/** How long work holds the event loop at a time, in milliseconds. */
const HOLD_MS = 1;

/** More than what the runtime needs to hand on a result that is there. */
const MICROTASKS = 8;

/** How often another thread is asked for a turn. */
const MOST_TRIES = 3;

/** How many turns in a row may be missed before `setImmediate` is loaded. */
const MOST_MISSED = 3;

/** Of the turns without another thread, every so many is for sockets, too. */
const SOCKETS_EVERY = 8;

/** More turns than Deno takes, while nothing waits, between looks at sockets. */
const TURNS_TO_SOCKETS = 64;

const NOTHING = new Uint8Array(0);

let missedTurns = 0;
let turnsWithoutThread = 0;

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

  /**
   * Lets timers and I/O that are due go first, or misses the turn: on a busy
   * machine, up to three times in a row.
   */
  async next(): Promise<void> {
    await nextTurn();
    this.#startMs = performance.now();
  }
}

/**
 * Waits for another thread: hashing nothing is the cheapest way to, needs no
 * permission, and loads nothing. Until then Deno looks for whatever else has
 * happened.
 *
 * A thread that ends before this one goes on leaves nothing to wait for. That
 * happens while all processors are busy, and nearly always where there is only
 * one. `setImmediate` then is the next best: it takes 5 ms or more to load, as
 * timers do, so that a few turns are rather missed. While nothing waits Deno
 * looks at sockets only once in 61 turns, so that every now and then so many
 * are taken in a row: half a millisecond.
 */
async function nextTurn(): Promise<void> {
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    if (!await isTurn(crypto.subtle.digest("SHA-1", NOTHING))) continue;
    missedTurns = 0;
    return;
  }
  if (turnsWithoutThread === 0 && missedTurns++ < MOST_MISSED) return;
  const isForSockets = ++turnsWithoutThread % SOCKETS_EVERY === 0;
  for (let turns = isForSockets ? TURNS_TO_SOCKETS : 1; turns > 0; turns--) {
    await new Promise((resolve) => setImmediate(resolve));
  }
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
