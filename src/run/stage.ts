import { StorageError } from "../model/errors.ts";
import type { FileAccess, FileOperations } from "../disk/file_operations.ts";
import { isAtPath } from "../disk/is_at_path.ts";
import { lookAt } from "../disk/look_at.ts";
import { makeDirectory } from "../disk/make_directory.ts";
import { requireDirectory } from "../disk/require_directory.ts";

/** A directory in which a run's pair is prepared before it is committed. */
export interface Stage extends Disposable {
  readonly directory: string;
  /** Makes the entries of the stage last through a power failure. */
  sync(): Promise<void>;
}

/** How often a stage may be swept away between being made and locked. */
const TRIES = 8;

/**
 * Makes a stage. As long as it is not disposed of, and this process lives, it
 * is locked and nobody sweeps it.
 */
export async function openStage(
  staging: string,
  options: FileAccess,
): Promise<Stage> {
  const { files } = options;
  requireDirectory(staging, files);
  for (let tries = 0; tries < TRIES; tries++) {
    const directory = `${staging}/${crypto.randomUUID()}`;
    await makeDirectory(directory, options);
    const lock = await lockNewStage(directory, files);
    if (lock !== undefined) {
      return {
        directory,
        sync: () => lock.sync(),
        [Symbol.dispose]: () => lock.close(),
      };
    }
  }
  throw new StorageError(
    `Cannot prepare a run: every stage made in "${staging}" was taken away`,
    { code: "LOCKED", path: staging },
  );
}

/** Removes a stage with what is in it, or leaves it to the next sweep. */
export async function discardStage(
  stage: Stage,
  files: FileOperations,
): Promise<void> {
  // An error here would hide what was wrong before it.
  await removeTree(stage.directory, files).catch(() => {});
}

/**
 * Removes the stages and lock files that processes which have died left
 * behind: those that nobody holds a lock on.
 *
 * @returns How many it removed.
 */
export async function sweepStaging(
  staging: string,
  files: FileOperations,
): Promise<number> {
  let count = 0;
  try {
    requireDirectory(staging, files);
    for await (const entry of files.readDir(staging)) {
      if (!entry.isDirectory && !entry.isFile) continue;
      if (await sweepEntry(staging, entry, files)) count++;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return count;
}

/** Removes a directory with what is in it, or finds that somebody else did. */
async function removeTree(
  path: string,
  files: FileOperations,
): Promise<void> {
  try {
    await files.remove(path, { recursive: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

async function sweepEntry(
  staging: string,
  { name, isDirectory }: Deno.DirEntry,
  files: FileOperations,
): Promise<boolean> {
  const path = `${staging}/${name}`;
  try {
    using entry = await files.open(path, { read: true });
    if (!await entry.tryLock(true)) return false;
    // Another sweep may have removed it, and a writer made it anew.
    if (!await isAtPath(path, entry, files)) return false;
    // A run that was deleted into it has to be here for good: else it could
    // come back, after a power failure, without what is removed now.
    if (isDirectory) await entry.sync();
    await removeTree(path, files);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** Locks a stage that was just made; it is gone again where that fails. */
async function lockNewStage(
  path: string,
  files: FileOperations,
): Promise<Deno.FsFile | undefined> {
  try {
    return lockDirectory(path, files);
  } catch (error) {
    await files.remove(path).catch(() => {});
    throw error;
  }
}

function lockDirectory(
  path: string,
  files: FileOperations,
): Deno.FsFile | undefined {
  let directory: Deno.FsFile | undefined;
  try {
    directory = files.openSync(path, { read: true });
    // Between its making and its locking it may have been swept.
    if (directory.tryLockSync(true) && lookAt(path, files) !== undefined) {
      return directory;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      directory?.close();
      throw error;
    }
  }
  directory?.close();
  return undefined;
}
