import { StorageError } from "../model/errors.ts";
import { throwIfAborted } from "../model/interruption.ts";
import {
  commitNewPair,
  commitOverPair,
  finishCommit,
  isRun,
  requirePlainRun,
} from "./commit.ts";
import { describePair, recordOf, stampOf } from "./commit_record.ts";
import { exists } from "./failures.ts";
import { finishPart } from "./finish_batch.ts";
import { keepOwnership } from "./keep_ownership.ts";
import type { RunAccess } from "./run_access.ts";
import { withRunLock } from "./run_lock.ts";
import { CSV_NAME, type RunPaths, SUMMARY_NAME } from "./run_paths.ts";
import type { SaveRunOptions } from "./save_run.ts";
import { discardStage, openStage, type Stage } from "./stage.ts";
import { rewriteRecord } from "./write_pair.ts";

/**
 * Makes a stream's directory, which holds a whole pair and nothing else, the
 * run or what takes its place.
 *
 * @throws {StorageError} `RUN_EXISTS`, `COMMITTED_NOT_PUBLISHED`, or what went
 * wrong; but for the second the pair is where it was.
 */
export async function commitStream(
  stream: Stage,
  paths: RunPaths,
  access: RunAccess,
  { ifExists, signal }: Pick<SaveRunOptions, "ifExists" | "signal">,
): Promise<void> {
  const { files } = access;
  const options = { hasRecord: false, signal };
  await withAnnouncer(stream, paths, access, async (stream) => {
    if (await commitNewPair(stream, paths, access, options)) return;
    await withRunLock(paths, access, signal, async () => {
      await finishPart(paths, access);
      if (await commitNewPair(stream, paths, access, options)) return;
      requirePlainRun(paths, files);
      if (ifExists === "fail" && isRun(paths, files)) throw exists(paths);
      await finishCommit(paths, access);
      const path = `${stream.directory}/${SUMMARY_NAME}`;
      const summary = stampOf(files.readFileSync(path));
      const record = recordOf(summary, await describePair(paths, files));
      await rewriteRecord(stream, record, access);
      await keepOwnership(stream.directory, paths, CSV_NAME, files);
      throwIfAborted(signal);
      await commitOverPair(stream, paths, access);
    });
  });
}

/**
 * Lets a stream be committed while a stage is there that tells catalogs so:
 * they know of those in `.staging` alone, which also is where the lock is.
 */
export async function withAnnouncer<T>(
  stream: Stage,
  paths: RunPaths,
  access: RunAccess,
  commit: (stream: Stage) => Promise<T>,
): Promise<T> {
  using stage = await openStage(paths.staging, access);
  try {
    return await commit({ ...stream, announce: stage.announce });
  } finally {
    await discardStage(stage, access.files);
  }
}

/** Whether an error says that the commit is done all the same. */
export function isCommitted(error: unknown): boolean {
  return error instanceof StorageError &&
    error.code === "COMMITTED_NOT_PUBLISHED";
}
