/** How long work holds the event loop at a time, in milliseconds. */
const HOLD_MS = 1;

/** Rows that are gone through between two looks at the clock. */
export const ROWS_A_LOOK = 256;

/** Lets timers and I/O that are due go first, now and then. */
export class Pace {
  #sinceMs = performance.now();

  /** Whether others have waited for long enough. */
  get isOver(): boolean {
    return performance.now() - this.#sinceMs >= HOLD_MS;
  }

  /** Lets others go first. */
  async turn(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#sinceMs = performance.now();
  }

  /** The same if they have waited for long enough. */
  async turnIfOver(): Promise<void> {
    if (this.isOver) await this.turn();
  }
}
