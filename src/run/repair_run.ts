import { changeRun } from "./change_run.ts";
import { finishCommit } from "./commit.ts";
import type { RunAccess } from "./run_access.ts";
import { withRunLock } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { discardStage, sweepStaging } from "./stage.ts";
import { type RunVerification, verifyRun } from "./verify_run.ts";

/** What `repairRun()` has done, and how the run is now. */
export interface RunRepair {
  /** Whether a save that was cut short was finished. */
  readonly finishedCommit: boolean;
  /** How many stages and lock files of dead processes were removed. */
  readonly sweptLeftovers: number;
  /** The run after that. */
  readonly verification: RunVerification;
}

/**
 * Finishes and removes what can be decided without a person, and checks the
 * rest.
 */
export async function repairRun(
  paths: RunPaths,
  access: RunAccess,
): Promise<RunRepair> {
  return await changeRun("repair", paths, access, async (opening) => {
    const stage = await opening;
    const { files } = access;
    const repair = await withRunLock(paths, access, async () => ({
      finishedCommit: await finishCommit(paths, access),
      sweptLeftovers: await sweepStaging(paths.staging, files),
      verification: await verifyRun(paths, files),
    }));
    await discardStage(stage, files);
    return repair;
  });
}
