/** Longest pause before another try, in milliseconds. */
const LONGEST_MS = 8;

/** Waits a few milliseconds, so that those who met do not meet again. */
export async function pauseAtRandom(): Promise<void> {
  await pause(1 + Math.random() * LONGEST_MS);
}

/** Waits. */
export function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}
