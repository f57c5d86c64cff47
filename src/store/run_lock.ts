import { StorageError } from "../errors.ts";
import type { FileOperations } from "../files/file_operations.ts";
import { isAtPath } from "../files/is_at_path.ts";
import type { RunPaths } from "./run_paths.ts";
import { requireRealDirectory } from "./staging.ts";

/** How a run is locked. */
export interface RunLockOptions {
  files: FileOperations;
  /** How long to wait for another writer, in milliseconds. */
  timeoutMs: number;
}

/** First and longest pause between two tries, in milliseconds. */
const PAUSE_MS = { first: 1, longest: 50 };

/** The last writer of each lock file in this process. */
const queues = new Map<string, Promise<void>>();

/**
 * Does something while no other writer, here or in another process, changes
 * the run. The lock is the system's (`flock`), so it ends with its holder.
 *
 * @throws {StorageError} `LOCKED`: it was not to be had in time.
 */
export async function withRunLock<T>(
  paths: RunPaths,
  options: RunLockOptions,
  work: () => Promise<T>,
): Promise<T> {
  // Writers of this process queue, so that they take turns without polling.
  const earlier = queues.get(paths.lock) ?? Promise.resolve();
  const { promise: done, resolve: leave } = Promise.withResolvers<void>();
  const turn = earlier.then(() => done);
  queues.set(paths.lock, turn);
  await earlier;
  try {
    using lock = await acquire(paths, options);
    try {
      return await work();
    } finally {
      // Removed while it is held, so that nobody else can hold it by its name.
      await lock.remove();
    }
  } finally {
    leave();
    if (queues.get(paths.lock) === turn) queues.delete(paths.lock);
  }
}

/** The lock if nobody holds it now, to be disposed of. */
export async function tryRunLock(
  paths: RunPaths,
  files: FileOperations,
): Promise<RunLock | undefined> {
  if (queues.has(paths.lock)) return undefined;
  // A writer has looked when it made its stage there.
  requireRealDirectory(paths.staging, files);
  return await tryAcquire(paths, files);
}

/** A lock that is held until it is disposed of. */
export interface RunLock extends Disposable {
  /** Removes the lock file; failing to leaves it to the next sweep. */
  remove(): Promise<void>;
}

async function acquire(
  paths: RunPaths,
  { files, timeoutMs }: RunLockOptions,
): Promise<RunLock> {
  const deadlineMs = performance.now() + timeoutMs;
  let pauseMs = PAUSE_MS.first;
  while (true) {
    const lock = await tryAcquire(paths, files);
    if (lock !== undefined) return lock;
    if (performance.now() >= deadlineMs) {
      throw new StorageError(
        `Cannot change run "${paths.runId}": another writer has held it for ` +
          `${timeoutMs} ms; try again, or end that process (${paths.lock})`,
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
