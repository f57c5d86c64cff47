import type { Terminal } from "./terminal.ts";

/** Work that is done sooner shows nothing. */
const SHOWN_AFTER_MS = 1000;

const EVERY_MS = 100;

const BAR_WIDTH = 20;

/** Tells how far a piece of work is, once it has taken a second. */
export class Progress implements Disposable {
  readonly #terminal: Pick<Terminal, "isWatched" | "tell">;
  readonly #what: string;
  readonly #startMs: number = performance.now();
  #lastMs = 0;
  #isShown = false;

  constructor(terminal: Pick<Terminal, "isWatched" | "tell">, what: string) {
    this.#terminal = terminal;
    this.#what = what;
  }

  /** Takes a share from 0 to 1, or a count where nobody knows the end. */
  update(done: { share: number } | { count: number; unit: string }): void {
    const nowMs = performance.now();
    const isEarly = nowMs - this.#startMs < SHOWN_AFTER_MS ||
      nowMs - this.#lastMs < EVERY_MS;
    if (!this.#terminal.isWatched || isEarly) return;
    this.#lastMs = nowMs;
    this.#isShown = true;
    const text = "share" in done
      ? bar(done.share)
      : `${done.count} ${done.unit}`;
    this.#terminal.tell(`\r\x1b[K${this.#what} ${text}`);
  }

  /** Wipes the line. */
  [Symbol.dispose](): void {
    if (this.#isShown) this.#terminal.tell("\r\x1b[K");
  }
}

function bar(share: number): string {
  const filled = Math.round(BAR_WIDTH * Math.min(1, share));
  const percent = Math.floor(100 * share);
  return `${"█".repeat(filled).padEnd(BAR_WIDTH, "░")} ${percent} %`;
}
