import type { FileAccess } from "../files/file_operations.ts";
import { finishCommit } from "./commit.ts";
import type { RunPaths } from "./run_paths.ts";
import { sweepStaging } from "./staging.ts";
import { type RunVerification, verifyRunFiles } from "./verify_run.ts";

/** What `repairRun()` has done, and how the run is now. */
export interface RunRepair {
  /** Whether a save that was cut short was finished. */
  finishedCommit: boolean;
  /** How many stages and lock files of dead processes were removed. */
  sweptLeftovers: number;
  /** The run after that. */
  verification: RunVerification;
}

/**
 * Finishes and removes what can be decided without a person, and checks the
 * rest. The caller holds the run's lock.
 */
export async function repairRunFiles(
  paths: RunPaths,
  options: FileAccess,
): Promise<RunRepair> {
  return {
    finishedCommit: await finishCommit(paths, options),
    sweptLeftovers: await sweepStaging(paths.staging, options.files),
    verification: await verifyRunFiles(paths, options.files),
  };
}
