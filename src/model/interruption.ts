/**
 * What ends work although nothing failed: a signal, or a callback of the caller
 * that threw. It is no error of the storage; the caller gets the reason.
 */
export class Interruption {
  /** What the signal was aborted with, or the callback threw. */
  readonly reason: unknown;

  /** Ends the work that it is thrown in. */
  constructor(reason: unknown) {
    this.reason = reason;
  }
}

/** Ends the work if the signal says so. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new Interruption(signal.reason);
}
