import type { FileOperations } from "../disk/file_operations.ts";
import { LINKS_OF_LEAF, lookAt } from "../disk/look_at.ts";
import { parentDirectory } from "../disk/path.ts";
import {
  batchDirectory,
  batchesIn,
  batchIdOfPart,
  isBatchId,
  madeBy,
  OVERWRITES_NAME,
  overwrittenBy,
} from "./batch_paths.ts";
import { readIfFile } from "./commit_record.ts";
import { isRunId, type RunPaths } from "./run_paths.ts";

const decoder = new TextDecoder();

/** The batches that were committed and are not finished. */
export function committedBatches(
  resultsDir: string,
  files: FileOperations,
): string[] {
  const directory = batchesIn(resultsDir);
  const info = lookAt(directory, files);
  if (!info?.isDirectory || info.nlink === LINKS_OF_LEAF) return [];
  try {
    return [...files.readDirSync(directory)]
      .filter(({ name, isDirectory }) => isDirectory && isBatchId(name))
      .map(({ name }) => name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/**
 * A run as a committed batch has it, if one does that is not finished: with a
 * pair that is pending, or, for a new one, in another directory. Costs one look
 * where no batch waits.
 */
export function findInBatch(
  paths: RunPaths,
  files: FileOperations,
): RunPaths | undefined {
  for (const batchId of committedBatches(paths.resultsDir, files)) {
    const overwritten = overwrittenBy(paths, batchId);
    if (lookAt(overwritten.pending, files)?.isDirectory) return overwritten;
    const made = madeBy(paths, batchId);
    if (lookAt(made.directory, files)?.isDirectory) return made;
  }
  return undefined;
}

/**
 * Whether a living writer, here or in another process, works on the committed
 * batch that has the run; asks for no permission to write.
 */
export function isBatchHeld(paths: RunPaths, files: FileOperations): boolean {
  const there = findInBatch(paths, files);
  if (there === undefined) return false;
  const at = there.directory === paths.directory
    ? batchDirectory(paths.resultsDir, batchIdOfPart(nameOf(there.pending))!)
    : parentDirectory(there.directory);
  using batch = files.openSync(at, { read: true });
  // Shared, so that those who look do not take each other for a writer.
  return !batch.tryLockSync(false);
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

/**
 * Whether a committed batch overwrites the run, though its part may be on its
 * way into place by now.
 */
export function isOverwrittenByBatch(
  { resultsDir, runId }: RunPaths,
  files: FileOperations,
): boolean {
  return committedBatches(resultsDir, files).some((batchId) => {
    try {
      return overwrittenIn(resultsDir, batchId, files).includes(runId);
    } catch {
      // It is damaged or another account's, as in a listing.
      return false;
    }
  });
}

/** The ids of the runs in a committed batch that may not be in their places. */
export async function runIdsIn(
  resultsDir: string,
  batchId: string,
  files: FileOperations,
): Promise<{ made: string[]; overwritten: readonly string[] }> {
  const directory = batchDirectory(resultsDir, batchId);
  const made: string[] = [];
  for await (const { name, isDirectory } of files.readDir(directory)) {
    if (isDirectory && isRunId(name)) made.push(name);
  }
  const overwritten = overwrittenIn(resultsDir, batchId, files);
  return { made: made.sort(), overwritten };
}

function overwrittenIn(
  resultsDir: string,
  batchId: string,
  files: FileOperations,
): readonly string[] {
  // Without it there are none, or all are done and the batch is being removed.
  const path = `${batchDirectory(resultsDir, batchId)}/${OVERWRITES_NAME}`;
  const bytes = readIfFile(path, files);
  return bytes === undefined ? [] : JSON.parse(decoder.decode(bytes));
}
