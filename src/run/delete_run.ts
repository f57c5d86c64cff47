import { changeRun } from "./change_run.ts";
import { commitDeletion } from "./commit.ts";
import type { RunAccess } from "./run_access.ts";
import { withRunLock } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { discardStage } from "./stage.ts";

/**
 * Deletes a run with all that is in its directory.
 *
 * @returns Whether there was one.
 */
export async function deleteRun(
  paths: RunPaths,
  access: RunAccess,
): Promise<boolean> {
  return await changeRun("delete", paths, access, async (opening) => {
    const stage = await opening;
    const deleted = await withRunLock(
      paths,
      access,
      () => commitDeletion(stage.directory, paths, access),
    );
    await discardStage(stage, access.files);
    return deleted;
  });
}
