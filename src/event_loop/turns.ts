import { throwIfAborted } from "../model/interruption.ts";
import type { Sliced } from "./sliced.ts";

/** How long all work together holds the event loop at a time, in milliseconds. */
const HOLD_MS = 1;

/** Every so many turns are for sockets, too. */
const SOCKETS_EVERY = 8;

/** More turns than Deno takes, while nothing waits, between looks at sockets. */
const TURNS_TO_SOCKETS = 64;

/**
 * The turns of the event loop, one queue a process: work that has held the loop
 * for long enough waits in it, and each turn lets one go on. Several operations
 * together then hold the loop no longer than one.
 */
export class Turns {
  #waiting: (() => void)[] = [];
  /** Whether work has asked since the loop turned. */
  #isHeld = false;
  #heldSinceMs = 0;
  #count = 0;

  /**
   * Whether timers and I/O have waited for long enough since work was first
   * asked this in a turn of the event loop.
   */
  get isOver(): boolean {
    if (this.#isHeld) return performance.now() - this.#heldSinceMs >= HOLD_MS;
    this.#hold();
    return false;
  }

  /** Lets timers and I/O that are due go first, and whoever asked before. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      if (this.#waiting.push(resolve) === 1) this.#serve();
    });
  }

  /** Counts how long the loop is held from now until it turns. */
  #hold(): void {
    this.#isHeld = true;
    this.#heldSinceMs = performance.now();
    setImmediate(() => {
      this.#isHeld = false;
    });
  }

  async #serve(): Promise<void> {
    while (this.#waiting.length > 0) {
      // With immediates alone Deno looks at sockets once in 61 turns, so that
      // every now and then so many are taken in a row: a fifth of a millisecond.
      const isForSockets = ++this.#count % SOCKETS_EVERY === 0;
      for (let i = isForSockets ? TURNS_TO_SOCKETS : 1; i > 0; i--) {
        await new Promise((resolve) => setImmediate(resolve));
      }
      this.#hold();
      this.#waiting.shift()!();
    }
  }
}

/** The turns that all work of this process takes. */
export const turns: Turns = new Turns();

/**
 * Does the work while timers and I/O of the process go on.
 *
 * @throws {Interruption} The signal was aborted.
 */
export async function runInSlices<T>(
  work: Sliced<T>,
  signal?: AbortSignal,
): Promise<T> {
  let step = work.next();
  while (!step.done) {
    throwIfAborted(signal);
    if (turns.isOver) await turns.next();
    step = work.next();
  }
  return step.value;
}
