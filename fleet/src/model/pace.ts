/** How long work holds the event loop before others may go on, in milliseconds. */
const HOLD_MS = 1;

/** Cuts long work into turns of the event loop. */
export class Pace {
  #sinceMs = performance.now();

  /** Whether others have waited for long enough. */
  get isOver(): boolean {
    return performance.now() - this.#sinceMs >= HOLD_MS;
  }

  /** Lets timers and I/O that are due go first. */
  async next(): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve));
    this.#sinceMs = performance.now();
  }
}
