import { removeIfThere } from "../disk/remove_if_there.ts";
import type { FileAccess, FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { errnoOf, storageFailure } from "../disk/storage_failure.ts";
import { syncDirectory } from "../disk/sync_directory.ts";
import { StorageError } from "../model/errors.ts";
import { observed } from "../observe/store_observer.ts";
import { inTheWay } from "./failures.ts";
import { findInBatch } from "./find_batch.ts";
import { readSummary } from "./read_summary.ts";
import { withResultsLock } from "./results_lock.ts";
import type { RunAccess } from "./run_access.ts";
import {
  CSV_NAME,
  CSV_NAMES,
  DELETED_NAME,
  isCsvName,
  RECORD_NAME,
  type RunPaths,
  SUMMARY_NAME,
} from "./run_paths.ts";
import { discardStage, newStagePath, type Stage } from "./stage.ts";
import { isSuperseded } from "./superseded.ts";

/** How a pair becomes a run of its own. */
export interface CommitNewOptions {
  /** Whether a record of what it replaces was written with it. */
  readonly hasRecord: boolean;
  readonly signal: AbortSignal | undefined;
}

/** How a commit is made, and who times it. */
export type CommitAccess = FileAccess & Pick<RunAccess, "observer">;

/**
 * Makes a prepared pair a run of its own, unless there is a run already. One
 * rename does it, so it takes no lock.
 *
 * @returns Whether it did.
 * @throws {StorageError} `COMMITTED_NOT_PUBLISHED`: it did, but a step after
 * that failed. With any other error nothing has changed.
 */
export async function commitNewPair(
  stage: Stage,
  paths: RunPaths,
  access: RunAccess,
  { hasRecord, signal }: CommitNewOptions,
): Promise<boolean> {
  const { files, sync, observer } = access;
  const { resultsDir } = paths;
  // The rename would take the place of an empty directory, whose mode somebody
  // has chosen.
  if (lookAt(paths.directory, files) !== undefined) return false;
  if (hasRecord) {
    // The run that was to be replaced is gone, and there is nothing to record.
    await removeIfThere(`${stage.directory}/${RECORD_NAME}`, files);
    if (sync) await stage.sync();
  }
  await stage.announce(paths.runId);
  const commit = async (results: Deno.FsFile) => {
    // A committed batch may have the run, though it is not in its place.
    if (findInBatch(paths, files) !== undefined) return false;
    await stage.becomeRun();
    try {
      await files.rename(stage.directory, paths.directory);
    } catch (error) {
      // What is in the way may be gone by now, or not be called that.
      if (isOccupied(error) || lookAt(paths.directory, files)) return false;
      throw error;
    }
    await afterCommit("save", paths, async () => {
      results.unlockSync();
      // Opened before: without a descriptor left it failed before the commit.
      if (sync) await results.sync();
    });
    return true;
  };
  return await observed(
    observer,
    "commit",
    paths.runId,
    () => withResultsLock(resultsDir, access, "shared", signal, commit),
  );
}

/**
 * Puts a prepared pair, and the record of it, in place of what a run has. The
 * caller holds the run's lock and has finished an earlier commit.
 *
 * @throws {StorageError} `COMMITTED_NOT_PUBLISHED`: the new pair is what the
 * run has from now on, but a step after that failed. With any other error the
 * run is as it was.
 */
export async function commitOverPair(
  stage: Stage,
  paths: RunPaths,
  access: CommitAccess,
): Promise<void> {
  const { files, sync, observer } = access;
  await observed(observer, "commit", paths.runId, async () => {
    await stage.announce(paths.runId);
    await files.rename(stage.directory, paths.pending);
    await afterCommit("save", paths, async () => {
      await publish(paths, access);
      // An older run needs it too: who made it may have died before this.
      if (sync) await syncDirectory(paths.resultsDir, files);
    });
  });
}

/**
 * Takes the run away in one step, into a stage that is discarded after it. The
 * caller holds the run's lock.
 *
 * @throws {StorageError} `COMMITTED_NOT_PUBLISHED`, as for `commitOverPair`.
 */
export async function commitDeletion(
  stage: Stage,
  paths: RunPaths,
  { files, sync }: FileAccess,
): Promise<void> {
  const deleted = `${stage.directory}/${DELETED_NAME}`;
  await stage.announce(paths.runId);
  await files.rename(paths.directory, deleted);
  await afterCommit("delete", paths, async () => {
    if (sync) await syncDirectory(paths.resultsDir, files);
    await files.remove(deleted, { recursive: true });
  });
}

/** What became of a commit that was cut short. */
export type FinishedCommit = "none" | "published" | "dropped";

/**
 * Finishes a commit that was cut short after its commit point: its pair takes
 * its place, unless another program has saved the run since. The caller holds
 * the run's lock.
 */
export async function finishCommit(
  paths: RunPaths,
  { files }: Pick<FileAccess, "files">,
): Promise<FinishedCommit> {
  if (!isPending(paths, files)) return "none";
  requirePlainRun(paths, files);
  // Who began it may have promised that it lasts.
  const forGood = { files, sync: true };
  if (isSuperseded(paths, files)) {
    await dropCommit(paths, forGood);
    return "dropped";
  }
  await publish(paths, forGood);
  return "published";
}

/** Whether the run has a committed pair that was not moved into place. */
export function isPending(paths: RunPaths, files: FileOperations): boolean {
  requireRunDirectory(paths, files);
  const info = lookAt(paths.pending, files);
  if (info === undefined) return false;
  if (info.isDirectory) return true;
  throw inTheWay(paths, paths.pending);
}

/**
 * Requires that the run's directory is one and not a link, and that its files,
 * and those that wait in it to replace them, are files.
 */
export function requirePlainRun(paths: RunPaths, files: FileOperations): void {
  const directories = isPending(paths, files)
    ? [paths.directory, paths.pending]
    : [paths.directory];
  for (const directory of directories) {
    for (const name of [...CSV_NAMES, SUMMARY_NAME]) {
      const path = `${directory}/${name}`;
      if (lookAt(path, files)?.isFile === false) throw inTheWay(paths, path);
    }
  }
}

function requireRunDirectory(paths: RunPaths, files: FileOperations): void {
  if (lookAt(paths.directory, files)?.isDirectory === false) {
    throw inTheWay(paths, paths.directory);
  }
}

/**
 * Whether there is a run: a summary, a CSV, or a commit of both, if only as
 * part of a batch.
 */
export function isRun(paths: RunPaths, files: FileOperations): boolean {
  return isRunInPlace(paths, files) || findInBatch(paths, files) !== undefined;
}

function isRunInPlace(paths: RunPaths, files: FileOperations): boolean {
  return [paths.directory, paths.pending].some((directory) =>
    [SUMMARY_NAME, ...CSV_NAMES].some((name) =>
      lookAt(`${directory}/${name}`, files) !== undefined
    )
  );
}

/** Moves a committed pair into place. */
export async function publish(
  paths: RunPaths,
  { files, sync }: FileAccess,
): Promise<void> {
  // The pair has to be in `.commit` for good before one file leaves it.
  if (sync) await syncDirectory(paths.directory, files);
  const csvName = await pendingCsvName(paths, files);
  if (csvName !== undefined) {
    await moveOut(
      `${paths.pending}/${csvName}`,
      `${paths.directory}/${csvName}`,
      files,
    );
  }
  await moveOut(paths.pendingSummary, paths.summary, files);
  // Both have to have left it for good before it goes.
  if (sync) await syncDirectory(paths.directory, files);
  await removeOtherCsv(paths, csvName, files);
  await removeIfThere(paths.pendingRecord, files);
  await files.remove(paths.pending);
}

/** What the measurements in a commit are called, if they are still there. */
async function pendingCsvName(
  paths: RunPaths,
  files: FileOperations,
): Promise<string | undefined> {
  for (const name of CSV_NAMES) {
    if (lookAt(`${paths.pending}/${name}`, files)) return name;
  }
  // They have left it, or are of a codec that this process was not handed.
  for await (const { name } of files.readDir(paths.pending)) {
    if (isCsvName(name)) return name;
  }
  return undefined;
}

/** Removes measurements in another form than those that count. */
async function removeOtherCsv(
  paths: RunPaths,
  csvName: string | undefined,
  files: FileOperations,
): Promise<void> {
  const others = CSV_NAMES.filter((name) =>
    name !== csvName && lookAt(`${paths.directory}/${name}`, files)
  );
  if (others.length === 0) return;
  const counting = csvName ??
    readSummary(paths, files)?.metrics.raw_csv?.file ??
    CSV_NAME;
  for (const name of others) {
    if (name !== counting) {
      await removeIfThere(`${paths.directory}/${name}`, files);
    }
  }
}

/** Takes a commit away that counts no more. */
async function dropCommit(
  paths: RunPaths,
  { files, sync }: FileAccess,
): Promise<void> {
  const directory = newStagePath(paths.staging);
  await files.rename(paths.pending, directory);
  // It must not come back in part.
  if (sync) await syncDirectory(paths.directory, files);
  await discardStage({ directory }, files);
}

async function afterCommit(
  action: string,
  paths: RunPaths,
  publish: () => Promise<void>,
): Promise<void> {
  try {
    await publish();
  } catch (cause) {
    const { message, path } = storageFailure(cause, {
      action: "finish it",
      path: paths.directory,
    });
    throw new StorageError(
      `Run "${paths.runId}" was committed, and there is nothing to ${action} ` +
        `again, but: ${message}`,
      { code: "COMMITTED_NOT_PUBLISHED", path: path!, cause },
    );
  }
}

async function moveOut(
  from: string,
  to: string,
  files: FileOperations,
): Promise<void> {
  const moved = lookAt(from, files);
  // An earlier attempt got that far.
  if (moved === undefined) return;
  const there = lookAt(to, files);
  if (moved.ino === there?.ino && moved.dev === there.dev) {
    // Replaying its log, a file system may leave a moved file in both places;
    // to rename the one to the other would then do nothing.
    await removeIfThere(from, files);
  } else {
    await files.rename(from, to);
  }
}

/** Whether a rename failed since a directory with something in it is there. */
export function isOccupied(error: unknown): boolean {
  const errno = errnoOf(error);
  return errno === "ENOTEMPTY" || errno === "EEXIST";
}
