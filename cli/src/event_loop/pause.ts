/** How long work holds the event loop at a time, in milliseconds. */
const HOLD_MS = 1;

/** Lets timers and I/O that are due go first, now and then. */
export class Pause {
  #sinceMs = performance.now();

  /** Takes a turn of the event loop if the last one is a millisecond ago. */
  async whenDue(): Promise<void> {
    if (performance.now() - this.#sinceMs < HOLD_MS) return;
    await new Promise((resolve) => setImmediate(resolve));
    this.#sinceMs = performance.now();
  }
}
