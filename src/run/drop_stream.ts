import { syncDirectory } from "../disk/sync_directory.ts";
import { changeRun } from "./change_run.ts";
import type { Stream } from "./open_stream.ts";
import type { RunAccess } from "./run_access.ts";
import { DELETED_NAME, type RunPaths } from "./run_paths.ts";
import { discardStage } from "./stage.ts";

/** Takes a stream away in one step, into a stage that is discarded after it. */
export async function dropStream(
  stream: Stream,
  paths: RunPaths,
  access: RunAccess,
): Promise<void> {
  const { files, sync } = access;
  await changeRun("drop the stream of", paths, access, async (opening) => {
    const stage = await opening;
    await stream.stage.moveTo(`${stage.directory}/${DELETED_NAME}`);
    if (sync) await syncDirectory(paths.streams, files);
    await discardStage(stage, files);
  });
}
