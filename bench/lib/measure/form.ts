/** One way to do some work. */
export interface Form {
  /** Does the work once. */
  run: () => unknown;
  /** What the work came to, where what `run` returned does not say it. */
  answer?: ((returned: unknown) => unknown) | undefined;
  /**
   * Times a number of runs itself, in milliseconds, because the work is done
   * in another process.
   */
  timeMs?: (calls: number) => Promise<number>;
}
