import type { ColumnsView } from "../columns/measurement_columns.ts";
import { lookAt } from "../disk/look_at.ts";
import { throwIfAborted } from "../model/interruption.ts";
import type { RunLabels } from "../model/metrics.ts";
import { summarize } from "../statistics/summarize.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { changeRun } from "./change_run.ts";
import {
  commitNewPair,
  commitOverPair,
  finishCommit,
  isRun,
  requirePlainRun,
} from "./commit.ts";
import {
  describePair,
  isSamePair,
  recordOf,
  type ReplacedPair,
} from "./commit_record.ts";
import { exists, runFailure } from "./failures.ts";
import { finishBatches, finishPart } from "./finish_batch.ts";
import { keepOwnership } from "./keep_ownership.ts";
import type { RunAccess } from "./run_access.ts";
import { withRunLock } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { requireNotStreamed } from "./stream_lock.ts";
import {
  csvNameBy,
  rewriteRecord,
  writePair,
  type WritePairOptions,
} from "./write_pair.ts";

/** What a run is saved from. */
export interface RunContent {
  readonly columns: ColumnsView;
  /** Local time, ISO 8601. */
  readonly timestamp: string;
  readonly labels: RunLabels | undefined;
}

/** How a run is saved. */
export interface SaveRunOptions extends WritePairOptions {
  /** What becomes of a run that is there. */
  readonly ifExists: "replace" | "fail";
}

/**
 * Saves a run.
 *
 * @throws {StorageError} `RUN_EXISTS`, or what went wrong.
 */
export async function saveRun(
  paths: RunPaths,
  { columns, timestamp, labels }: RunContent,
  access: RunAccess,
  options: SaveRunOptions,
): Promise<void> {
  const { files } = access;
  const { ifExists, signal } = options;
  let replaces: ReplacedPair | undefined;
  try {
    throwIfAborted(signal);
    // It has the longest of the paths: where that is too long, no other may be
    // written that could not be read.
    lookAt(paths.pendingSummary, files);
    requireNotStreamed(paths, files);
    await finishBatches(paths.resultsDir, access);
    const isThere = isRun(paths, files);
    if (isThere && ifExists === "fail") throw exists(paths);
    if (isThere) replaces = await describePair(paths, files);
  } catch (error) {
    throw runFailure(paths, "save", error);
  }
  await changeRun("save", paths, access, async (opening) => {
    // The system makes the stage while this thread goes ahead.
    const statistics = await runInSlices(summarize(columns), signal);
    const { runId } = paths;
    const pair = { runId, timestamp, columns, statistics, labels, replaces };
    const { stage, summary } = await writePair(opening, pair, access, options);
    throwIfAborted(signal);
    const asNew = { hasRecord: replaces !== undefined, signal };
    if (await commitNewPair(stage, paths, access, asNew)) return;
    await withRunLock(paths, access, signal, async () => {
      await finishPart(paths, access);
      // The run there was may have been deleted before it was locked.
      if (await commitNewPair(stage, paths, access, asNew)) return;
      requirePlainRun(paths, files);
      if (ifExists === "fail" && isRun(paths, files)) throw exists(paths);
      await finishCommit(paths, access);
      const replacesNow = await describePair(paths, files);
      if (replaces === undefined || !isSamePair(replaces, replacesNow)) {
        await rewriteRecord(stage, recordOf(summary, replacesNow), access);
      }
      const csvName = csvNameBy(access.compression);
      await keepOwnership(stage.directory, paths, csvName, files);
      throwIfAborted(signal);
      await commitOverPair(stage, paths, access);
    });
  });
}
