import { lookAt } from "../disk/look_at.ts";
import { changeRun } from "./change_run.ts";
import { finishCommit, isPending } from "./commit.ts";
import { committedBatches } from "./find_batch.ts";
import { finishBatches, finishPart } from "./finish_batch.ts";
import { runFailure } from "./failures.ts";
import type { RunAccess } from "./run_access.ts";
import { withRunLock } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { discardStage } from "./stage.ts";
import { sweepStaging } from "./sweep_staging.ts";
import { type RunVerification, verifyRun } from "./verify_run.ts";

/** What `repairRun()` has done, and how the run is now. */
export interface RunRepair {
  /** Whether a save that was cut short was finished. */
  readonly finishedCommit: boolean;
  /**
   * Whether a save that was cut short was dropped, since another program has
   * saved the run in place after it.
   */
  readonly droppedCommit: boolean;
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
  signal: AbortSignal | undefined,
): Promise<RunRepair> {
  const { files } = access;
  try {
    // Where there is nothing to repair, nothing is made either.
    if (
      lookAt(paths.staging, files) === undefined &&
      !isPending(paths, files) &&
      committedBatches(paths.resultsDir, files).length === 0
    ) {
      return {
        finishedCommit: false,
        droppedCommit: false,
        sweptLeftovers: 0,
        verification: await verifyRun(paths, access, signal),
      };
    }
  } catch (error) {
    throw runFailure(paths, "repair", error);
  }
  return await changeRun("repair", paths, access, async (opening) => {
    const stage = await opening;
    const inBatches = await finishBatches(paths.resultsDir, access);
    const repair = await withRunLock(paths, access, signal, async () => {
      const ofPart = await finishPart(paths, access);
      const ofCommit = await finishCommit(paths, access);
      const finished = [inBatches.get(paths.runId), ofPart, ofCommit];
      return {
        finishedCommit: finished.includes("published"),
        droppedCommit: finished.includes("dropped"),
        sweptLeftovers: await sweepStaging(paths.staging, files),
        verification: await verifyRun(paths, access, signal),
      };
    });
    await discardStage(stage, files);
    return repair;
  });
}
