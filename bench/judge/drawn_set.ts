import type { PooledRun } from "./run_pool.ts";

/** Runs of one judgement. */
export interface DrawnSet {
  readonly baselines: readonly PooledRun[];
  readonly candidates: readonly PooledRun[];
  readonly calibration: readonly PooledRun[];
}
