import type { FileOperations } from "../disk/file_operations.ts";
import { isAtPath } from "../disk/is_at_path.ts";
import { lookAt } from "../disk/look_at.ts";
import { parentDirectory } from "../disk/path.ts";
import { requireDirectory } from "../disk/require_directory.ts";
import { OVERWRITES_NAME } from "./batch_paths.ts";
import { isPair } from "./is_pair.ts";
import {
  DELETED_NAME,
  isCsvName,
  isRunId,
  PENDING_NAME,
  RECORD_NAME,
  SUMMARY_NAME,
} from "./run_paths.ts";
import { isLockFile } from "./run_lock.ts";
import { isStageName } from "./stage.ts";

/** What this package puts into a stage. */
const STAGED_FILES = [SUMMARY_NAME, RECORD_NAME, OVERWRITES_NAME];
const STAGED_DIRECTORIES = [
  DELETED_NAME,
  // Of a stage that became a run, until a power failure took that back.
  PENDING_NAME,
];

/**
 * Removes the stages and lock files that processes which have died left
 * behind: those that nobody holds a lock on. What this package did not make is
 * left alone, and so is what it may not remove.
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
      if (await sweepEntry(staging, entry, files)) count++;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return count;
}

async function sweepEntry(
  staging: string,
  { name, isDirectory, isFile }: Deno.DirEntry,
  files: FileOperations,
): Promise<boolean> {
  const path = `${staging}/${name}`;
  if (isDirectory ? !isStageName(name) : !isFile || !isRunId(name)) {
    return false;
  }
  try {
    using entry = await files.open(path, { read: true });
    if (!await entry.tryLock(true)) return false;
    // Another sweep may have removed it, and a writer made it anew.
    if (!await isAtPath(path, entry, files)) return false;
    if (isDirectory) {
      if (!await isStage(path, files)) return false;
      // A run that was deleted into it has to be here for good: else it could
      // come back, after a power failure, without what is removed now.
      await entry.sync();
    } else {
      const info = await entry.stat();
      // Until its mode is set, its name tells that it locks a run.
      const run = lookAt(`${parentDirectory(staging)}/${name}`, files);
      if (info.size > 0 || !isLockFile(info) && !run?.isDirectory) return false;
    }
    await files.remove(path, { recursive: true });
    return true;
  } catch {
    // Another account's, or somebody else was faster.
    return false;
  }
}

async function isStage(path: string, files: FileOperations): Promise<boolean> {
  for await (const { name, isFile, isDirectory } of files.readDir(path)) {
    const isOurs = isFile
      ? isCsvName(name) || STAGED_FILES.includes(name)
      // The last is a run of a batch.
      : STAGED_DIRECTORIES.includes(name) ||
        isDirectory && await isPair(`${path}/${name}`, files);
    if (!isOurs) return false;
  }
  return true;
}
