import { StorageError } from "../model/errors.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { isAtPath } from "../disk/is_at_path.ts";
import { requireDirectory } from "../disk/require_directory.ts";
import type { RunPaths } from "./run_paths.ts";
import type { RunAccess } from "./run_access.ts";

/** First and longest pause between two tries, in milliseconds. */
const PAUSE_MS = { first: 1, longest: 50 };

/**
 * Does something while no other writer, here or in another process, changes
 * the run. The lock is the system's (`flock`), so it ends with its holder.
 *
 * @throws {StorageError} `LOCKED`: it was not to be had in time.
 */
export async function withRunLock<T>(
  paths: RunPaths,
  access: RunAccess,
  work: () => Promise<T>,
): Promise<T> {
  // Writers of this process queue, so that they take turns without polling.
  const { queues } = access;
  const earlier = queues.get(paths.runId) ?? Promise.resolve();
  const { promise: done, resolve: leave } = Promise.withResolvers<void>();
  const turn = earlier.then(() => done);
  queues.set(paths.runId, turn);
  await earlier;
  try {
    using lock = await acquire(paths, access);
    try {
      return await work();
    } finally {
      // Removed while it is held, so that nobody else can hold it by its name.
      await lock.remove();
    }
  } finally {
    leave();
    if (queues.get(paths.runId) === turn) queues.delete(paths.runId);
  }
}

/** The lock if nobody holds it now, to be disposed of. */
export async function tryRunLock(
  paths: RunPaths,
  { files, queues }: RunAccess,
): Promise<RunLock | undefined> {
  if (queues.has(paths.runId)) return undefined;
  // A writer has looked when it made its stage there.
  requireDirectory(paths.staging, files);
  return await tryAcquire(paths, files);
}

/** A lock that is held until it is disposed of. */
export interface RunLock extends Disposable {
  /** Removes the lock file; failing to leaves it to the next sweep. */
  remove(): Promise<void>;
}

async function acquire(
  paths: RunPaths,
  { files, lockTimeoutMs }: RunAccess,
): Promise<RunLock> {
  const deadlineMs = performance.now() + lockTimeoutMs;
  let pauseMs = PAUSE_MS.first;
  while (true) {
    const lock = await tryAcquire(paths, files);
    if (lock !== undefined) return lock;
    if (performance.now() >= deadlineMs) {
      throw new StorageError(
        `Cannot change run "${paths.runId}": another writer has held it for ` +
          `${lockTimeoutMs} ms; try again, or end that process (${paths.lock})`,
        { code: "LOCKED", path: paths.lock },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
  }
}

async function tryAcquire(
  paths: RunPaths,
  files: FileOperations,
): Promise<RunLock | undefined> {
  const file = await openLockFile(paths, files);
  if (file === undefined) return undefined;
  try {
    if (await file.tryLock(true) && await isAtPath(paths.lock, file, files)) {
      return {
        remove: () => files.remove(paths.lock).catch(() => {}),
        [Symbol.dispose]: () => file.close(),
      };
    }
  } catch (error) {
    file.close();
    throw error;
  }
  file.close();
  return undefined;
}

async function openLockFile(
  paths: RunPaths,
  files: FileOperations,
): Promise<Deno.FsFile | undefined> {
  try {
    return await files.open(paths.lock, { write: true, createNew: true });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  try {
    // Opening a link would follow it, and opening a FIFO would never end.
    if (files.lstatSync(paths.lock).isFile) {
      return await files.open(paths.lock, { write: true });
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  throw new StorageError(
    `Cannot lock run "${paths.runId}": "${paths.lock}" is not a file`,
    { code: "UNSAFE_PATH", path: paths.lock },
  );
}
