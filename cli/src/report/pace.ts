/** How long the report holds the event loop at a time, in milliseconds. */
const HOLD_MS = 1.5;

/** Rows that are gone through between two looks at the clock. */
export const ROWS_A_LOOK = 256;

/** Lets the event loop turn while a report is made. */
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
}
