import { lookAt } from "../disk/look_at.ts";
import { requireNotKept } from "./baselines_file.ts";
import { changeRun } from "./change_run.ts";
import { commitDeletion, isRun, requirePlainRun } from "./commit.ts";
import { notARun, runFailure } from "./failures.ts";
import { findInBatch } from "./find_batch.ts";
import { finishBatches, finishPart } from "./finish_batch.ts";
import { withResultsLock } from "./results_lock.ts";
import type { RunAccess } from "./run_access.ts";
import { withRunLock } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { discardStage } from "./stage.ts";
import { requireNotStreamed } from "./stream_lock.ts";

/** Its files may be moved from one place to the next between two looks. */
const LOOKS = 4;

/**
 * Deletes a run with all that is in its directory.
 *
 * @returns Whether there was one.
 * @throws {StorageError} `NOT_A_RUN`, `PINNED`, or what went wrong.
 */
export async function deleteRun(
  paths: RunPaths,
  access: RunAccess,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { files } = access;
  const isThere = () => {
    for (let looks = 0; looks < LOOKS; looks++) {
      if (lookAt(paths.directory, files) === undefined) return false;
      requirePlainRun(paths, files);
      if (isRun(paths, files)) return true;
    }
    throw notARun(paths);
  };
  try {
    requireNotStreamed(paths, files);
    requireNotKept(paths, files);
    await finishBatches(paths.resultsDir, access);
    // Where there is nothing to delete, nothing is made either.
    if (findInBatch(paths, files) === undefined && !isThere()) return false;
  } catch (error) {
    throw runFailure(paths, "delete", error);
  }
  return await changeRun("delete", paths, access, async (opening) => {
    const stage = await opening;
    const isDeleted = await withRunLock(paths, access, signal, async () => {
      await finishPart(paths, access);
      if (!isThere()) return false;
      // Whoever pins a run has the directory locked alone meanwhile.
      await withResultsLock(paths.resultsDir, access, "shared", signal, () => {
        requireNotKept(paths, files);
        return commitDeletion(stage, paths, access);
      });
      return true;
    });
    await discardStage(stage, files);
    return isDeleted;
  });
}
