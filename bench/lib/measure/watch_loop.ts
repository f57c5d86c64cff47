import { threadClock } from "./thread_clock.ts";

/** For how long the event loop was held. */
export interface Pauses {
  /** The longest time between two turns of the event loop. */
  pauseMs: number;
  /** The most that the loop's thread itself worked between two turns. */
  workMs: number;
  /** How long it all took. */
  spentMs: number;
}

/** The time for which the thread of the event loop has worked. */
export const threadMs = threadClock();

/** Does the work and watches the event loop meanwhile. */
export async function watchLoop(work: () => Promise<unknown>): Promise<Pauses> {
  let pauseMs = 0;
  let workMs = 0;
  let lastMs = performance.now();
  let lastThreadMs = threadMs?.() ?? 0;
  const look = () => {
    const nowMs = performance.now();
    const nowThreadMs = threadMs?.() ?? 0;
    pauseMs = Math.max(pauseMs, nowMs - lastMs);
    workMs = Math.max(workMs, nowThreadMs - lastThreadMs);
    lastMs = nowMs;
    lastThreadMs = nowThreadMs;
  };
  let going = true;
  const tick = () => {
    look();
    if (going) setImmediate(tick);
  };
  setImmediate(tick);
  const startMs = performance.now();
  await work();
  look();
  going = false;
  return { pauseMs, workMs, spentMs: performance.now() - startMs };
}
