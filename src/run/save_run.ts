import type { ColumnsView } from "../columns/measurement_columns.ts";
import type { RunLabels } from "../model/metrics.ts";
import { summarize } from "../statistics/summarize.ts";
import { runInSlices } from "../work/turns.ts";
import { changeRun } from "./change_run.ts";
import { commitNewPair, commitOverPair } from "./commit.ts";
import type { RunAccess } from "./run_access.ts";
import { withRunLock } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { writePair } from "./write_pair.ts";

/** What a run is saved from. */
export interface RunContent {
  readonly columns: ColumnsView;
  /** Local time, ISO 8601. */
  readonly timestamp: string;
  readonly labels: RunLabels | undefined;
}

/** Saves a run in place of what there is. */
export async function saveRun(
  paths: RunPaths,
  { columns, timestamp, labels }: RunContent,
  access: RunAccess,
): Promise<void> {
  await changeRun("save", paths, access, async (opening) => {
    // The system makes the stage while this thread goes ahead.
    const statistics = await runInSlices(summarize(columns));
    const { runId } = paths;
    const pair = { runId, timestamp, columns, statistics, labels };
    const stage = await writePair(opening, pair, access);
    if (await commitNewPair(stage.directory, paths, access)) return;
    await withRunLock(paths, access, async () => {
      // The run there was may have been deleted before it was locked.
      if (await commitNewPair(stage.directory, paths, access)) return;
      await commitOverPair(stage.directory, paths, access);
    });
  });
}
