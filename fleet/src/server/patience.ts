import { isTransient } from "./transient.ts";

/** First and longest pause between two tries, in milliseconds. */
const PAUSE_MS = { first: 100, longest: 10_000 };

/** How it is tried again. */
export interface PatienceOptions {
  /** How long after the last success it is tried again, in milliseconds. */
  readonly patienceMs: number;
  readonly signal?: AbortSignal | undefined;
  /** Told of what failed before it is tried again. */
  readonly onRetry?: ((error: Error) => void) | undefined;
}

/**
 * Tries again what passes by itself, after pauses that grow and are drawn at
 * random, so that a hundred benches do not come back in the same moment (full
 * jitter: Marc Brooker,
 * https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
 *
 * Everything that is tried with the same patience shares it: while anything
 * succeeds, nothing is given up.
 */
export class Patience {
  readonly #options: PatienceOptions;
  #succeededMs = performance.now();

  /** Begins to count. */
  constructor(options: PatienceOptions) {
    this.#options = options;
  }

  /** Does something, again if need be. */
  async retry<T>(work: () => Promise<T>): Promise<T> {
    const { patienceMs, signal, onRetry } = this.#options;
    for (let failures = 0;; failures++) {
      signal?.throwIfAborted();
      try {
        const result = await work();
        this.#succeededMs = performance.now();
        return result;
      } catch (error) {
        if (signal?.aborted || !isTransient(error)) throw error;
        const pauseMs = Math.random() *
          Math.min(PAUSE_MS.first * 2 ** failures, PAUSE_MS.longest);
        const leftMs = this.#succeededMs + patienceMs - performance.now();
        if (leftMs < pauseMs) throw error;
        onRetry?.(error as Error);
        await pause(pauseMs, signal);
      }
    }
  }
}

async function pause(
  durationMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, durationMs);
  signal?.addEventListener("abort", () => resolve(), { once: true });
  await promise;
  clearTimeout(timer);
}
