import type { FileAccess, FileOperations } from "../disk/file_operations.ts";
import { isAtPath } from "../disk/is_at_path.ts";
import { LINKS_OF_LEAF, lookAt } from "../disk/look_at.ts";
import { syncDirectory } from "../disk/sync_directory.ts";
import { StorageError } from "../model/errors.ts";
import { inParallel } from "../event_loop/in_parallel.ts";
import {
  batchDirectory,
  batchesIn,
  batchIdOfPart,
  madeBy,
  OVERWRITES_NAME,
  overwrittenBy,
} from "./batch_paths.ts";
import {
  finishCommit,
  type FinishedCommit,
  isOccupied,
  publish,
} from "./commit.ts";
import { committedBatches, findInBatch, runIdsIn } from "./find_batch.ts";
import { isPair } from "./is_pair.ts";
import type { RunAccess } from "./run_access.ts";
import { tryRunLock } from "./run_lock.ts";
import { type RunPaths, runPaths } from "./run_paths.ts";

/** Runs that are brought into their places at a time. */
const AT_ONCE = 32;

/** A batch that was committed. */
export interface CommittedBatch {
  readonly resultsDir: string;
  readonly batchId: string;
  /** New runs. */
  readonly made: readonly RunPaths[];
  /** Runs there were, all of them locked by the caller. */
  readonly overwritten: readonly RunPaths[];
}

/** Brings a batch of this process into place, and removes it. */
export async function finishBatch(
  { resultsDir, batchId, made, overwritten }: CommittedBatch,
  access: RunAccess,
): Promise<void> {
  const { files } = access;
  await syncCommit(resultsDir, access);
  await inParallel(made, AT_ONCE, async (paths) => {
    if (await makeRun(paths, batchId, files)) return;
    if (await tryFinishPart(paths, access) !== undefined) return;
    throw new StorageError(
      `Cannot finish run "${paths.runId}": another program has made one ` +
        `meanwhile, and it is locked (${paths.directory})`,
      { code: "LOCKED", path: paths.directory },
    );
  });
  await inParallel(overwritten, AT_ONCE, async (paths) => {
    await files.rename(overwrittenBy(paths, batchId).pending, paths.pending);
    await publish(paths, access);
  });
  await removeBatch(resultsDir, batchId, access);
}

/**
 * Finishes the batches that writers which died have committed, as far as it
 * may and nobody holds the locks. The caller holds none.
 *
 * @returns What became of each of their runs, by id.
 */
export async function finishBatches(
  resultsDir: string,
  access: RunAccess,
): Promise<ReadonlyMap<string, FinishedCommit>> {
  const finished = new Map<string, FinishedCommit>();
  for (const batchId of committedBatches(resultsDir, access.files)) {
    try {
      await finishAbandoned(resultsDir, batchId, access, finished);
    } catch {
      // Whoever changes one of its runs meets the same trouble.
    }
  }
  return finished;
}

/**
 * Brings what a committed batch has of the run into place, and removes what one
 * that was not committed has left in it. The caller holds the run's lock, and
 * so whoever had made such a batch is dead.
 */
export async function finishPart(
  paths: RunPaths,
  { files }: RunAccess,
): Promise<FinishedCommit> {
  const { resultsDir } = paths;
  let finished: FinishedCommit = "none";
  for (const batchId of await partsOf(paths, files)) {
    const part = overwrittenBy(paths, batchId).pending;
    if (lookAt(batchDirectory(resultsDir, batchId), files)?.isDirectory) {
      await syncCommit(resultsDir, forGood(files));
      await files.rename(part, paths.pending);
      finished = await finishCommit(paths, { files });
    } else if (await isPair(part, files)) {
      await files.remove(part, { recursive: true });
    }
  }
  const there = findInBatch(paths, files);
  if (there === undefined || there.directory === paths.directory) {
    return finished;
  }
  await syncCommit(resultsDir, forGood(files));
  finished = "published";
  const batchId = there.directory.split("/").at(-2)!;
  if (!await makeRun(paths, batchId, files)) {
    // Another program has made the run since; the newer one stays.
    await files.rename(there.directory, paths.pending);
    finished = await finishCommit(paths, { files });
  }
  await syncDirectory(resultsDir, files);
  return finished;
}

async function finishAbandoned(
  resultsDir: string,
  batchId: string,
  access: RunAccess,
  finished: Map<string, FinishedCommit>,
): Promise<void> {
  const { files } = access;
  const directory = batchDirectory(resultsDir, batchId);
  using lock = await files.open(directory, { read: true });
  // Whoever works on it holds it.
  if (!await lock.tryLock(true) || !await isAtPath(directory, lock, files)) {
    return;
  }
  await syncCommit(resultsDir, forGood(files));
  const { made, overwritten } = await runIdsIn(resultsDir, batchId, files);
  let isAll = true;
  for (const runId of [...made, ...overwritten]) {
    const paths = runPaths(resultsDir, runId);
    const isMade = made.includes(runId) &&
      await makeRun(paths, batchId, files);
    const result = isMade ? "published" : await tryFinishPart(paths, access);
    if (result === undefined) isAll = false;
    else if (result !== "none") finished.set(runId, result);
  }
  if (isAll) await removeBatch(resultsDir, batchId, forGood(files));
}

/** Who committed it may have promised that it lasts. */
function forGood(files: FileOperations): FileAccess {
  return { files, sync: true };
}

/**
 * Makes the commit last before its parts are moved: a power failure could else
 * take it back and leave these.
 */
async function syncCommit(
  resultsDir: string,
  { files, sync }: FileAccess,
): Promise<void> {
  if (!sync) return;
  await Promise.all([
    syncDirectory(batchesIn(resultsDir), files),
    syncDirectory(resultsDir, files),
  ]);
}

/** Moves a new run into its place, unless something is there. */
async function makeRun(
  paths: RunPaths,
  batchId: string,
  files: FileOperations,
): Promise<boolean> {
  const { directory } = madeBy(paths, batchId);
  try {
    await files.rename(directory, paths.directory);
  } catch (error) {
    // Somebody else was faster.
    if (lookAt(directory, files) === undefined) return true;
    if (isOccupied(error) || lookAt(paths.directory, files)) return false;
    throw error;
  }
  return true;
}

/** What `finishPart` says; `undefined` where somebody holds the run's lock. */
async function tryFinishPart(
  paths: RunPaths,
  access: RunAccess,
): Promise<FinishedCommit | undefined> {
  using lock = await tryRunLock(paths, access);
  if (lock === undefined) return undefined;
  const finished = await finishPart(paths, access);
  // A part that got as far as to be an ordinary commit.
  const finishedCommit = await finishCommit(paths, access);
  await lock.remove();
  return finished === "none" ? finishedCommit : finished;
}

/** Removes a batch whose runs are all in their places, once that lasts. */
async function removeBatch(
  resultsDir: string,
  batchId: string,
  { files, sync }: FileAccess,
): Promise<void> {
  if (sync) await syncDirectory(resultsDir, files);
  const directory = batchDirectory(resultsDir, batchId);
  const overwrites = `${directory}/${OVERWRITES_NAME}`;
  if (lookAt(overwrites, files)?.isFile) await files.remove(overwrites);
  await files.remove(directory);
}

/** The batches that have left a pair in the run. */
async function partsOf(
  paths: RunPaths,
  files: FileOperations,
): Promise<string[]> {
  const batchIds: string[] = [];
  const directory = lookAt(paths.directory, files);
  if (!directory?.isDirectory || directory.nlink === LINKS_OF_LEAF) return [];
  try {
    for await (const { name, isDirectory } of files.readDir(paths.directory)) {
      const batchId = isDirectory ? batchIdOfPart(name) : undefined;
      if (batchId !== undefined) batchIds.push(batchId);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return batchIds;
}
