import { StorageError } from "../model/errors.ts";
import { throwIfAborted } from "../model/interruption.ts";
import { adoptOwnership, sharedFile } from "../disk/adopt_ownership.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { isAtPath } from "../disk/is_at_path.ts";
import { requireDirectory } from "../disk/require_directory.ts";
import { isBatchHeld } from "./find_batch.ts";
import type { RunPaths } from "./run_paths.ts";
import { observed } from "../observe/store_observer.ts";
import type { RunAccess } from "./run_access.ts";

/** Of no use for a file: it tells lock files from those of others. */
const STICKY_BIT = 0o1000;

/** First and longest pause between two tries, in milliseconds. */
const PAUSE_MS = { first: 1, longest: 50 };

/** The longest that a timer waits. */
const MAX_TIMER_MS = 2 ** 31 - 1;

/** How long to wait for a lock. */
interface Wait {
  /** By `performance.now()`. */
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * Does something while no other writer, here or in another process, changes
 * the run. The lock is the system's (`flock`), so it ends with its holder.
 *
 * @throws {StorageError} `LOCKED`: it was not to be had in time, those in this
 * process that wait for it, too, included.
 * @throws {Interruption} The signal was aborted while it waited.
 */
export async function withRunLock<T>(
  paths: RunPaths,
  access: RunAccess,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const { queues, lockTimeoutMs } = access;
  const wait = { deadlineMs: performance.now() + lockTimeoutMs, signal };
  // Writers of this process queue, so that they take turns without polling.
  const earlier = queues.get(paths.runId);
  const { promise: done, resolve: leave } = Promise.withResolvers<void>();
  const turn = earlier === undefined ? done : earlier.then(() => done);
  queues.set(paths.runId, turn);
  try {
    using lock = await observed(
      access.observer,
      "lock_wait",
      paths.runId,
      async () => {
        if (earlier !== undefined && !await endsInTime(earlier, wait)) {
          throw locked(paths, access);
        }
        return await acquire(paths, access, wait);
      },
    );
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

/**
 * Does something while no other writer changes any of the runs, which are
 * locked in the order given: that of their ids, so that nobody waits for
 * somebody who waits for him.
 */
export async function withRunLocks<T>(
  runs: readonly RunPaths[],
  access: RunAccess,
  signal: AbortSignal | undefined,
  work: () => Promise<T>,
): Promise<T> {
  const from = async (at: number): Promise<T> =>
    at === runs.length
      ? await work()
      : await withRunLock(runs[at]!, access, signal, () => from(at + 1));
  return await from(0);
}

/** The lock if nobody holds it now, to be disposed of. */
export async function tryRunLock(
  paths: RunPaths,
  access: RunAccess,
): Promise<RunLock | undefined> {
  const { files, queues } = access;
  if (queues.has(paths.runId)) return undefined;
  // A writer has looked when it made its stage there.
  requireDirectory(paths.staging, files);
  return await tryAcquire(paths, access);
}

/**
 * Whether a living writer, here or in another process, has committed to the
 * run, if only as part of a batch, and is about to finish that; asks for no
 * permission to write.
 */
export async function isBeingFinished(
  paths: RunPaths,
  access: RunAccess,
): Promise<boolean> {
  const { files } = access;
  try {
    if (isBatchHeld(paths, files)) return true;
    if (lookAt(paths.pending, files) === undefined) return false;
    if (access.queues.has(paths.runId)) return true;
    const info = files.lstatSync(paths.lock);
    if (!info.isFile || info.size > 0) return false;
    using file = await files.open(paths.lock, { read: true });
    return !await file.tryLock(true);
  } catch {
    // There is none, or nobody may ask.
    return false;
  }
}

/** A lock that is held until it is disposed of. */
export interface RunLock extends Disposable {
  /** Removes the lock file; failing to leaves it to the next sweep. */
  remove(): Promise<void>;
}

async function acquire(
  paths: RunPaths,
  access: RunAccess,
  wait: Wait,
): Promise<RunLock> {
  for (let pauseMs = PAUSE_MS.first;;) {
    throwIfAborted(wait.signal);
    const lock = await tryAcquire(paths, access);
    if (lock !== undefined) return lock;
    const leftMs = wait.deadlineMs - performance.now();
    if (leftMs <= 0) throw locked(paths, access);
    await pause(Math.min(pauseMs, leftMs), wait.signal);
    pauseMs = Math.min(pauseMs * 2, PAUSE_MS.longest);
  }
}

/** Whether something ends before the deadline. */
async function endsInTime(
  earlier: Promise<void>,
  { deadlineMs, signal }: Wait,
): Promise<boolean> {
  const waiting = new AbortController();
  const { promise: over, resolve } = Promise.withResolvers<"over">();
  const timer = deadlineMs === Infinity ? undefined : setTimeout(
    () => resolve("over"),
    Math.max(0, Math.min(deadlineMs - performance.now(), MAX_TIMER_MS)),
  );
  signal?.addEventListener("abort", () => resolve("over"), {
    signal: waiting.signal,
  });
  try {
    throwIfAborted(signal);
    const first = await Promise.race([earlier, over]);
    throwIfAborted(signal);
    return first !== "over";
  } finally {
    clearTimeout(timer);
    waiting.abort();
  }
}

async function pause(
  pauseMs: number,
  signal: AbortSignal | undefined,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, pauseMs);
  const end = () => resolve();
  signal?.addEventListener("abort", end);
  await promise;
  signal?.removeEventListener("abort", end);
  clearTimeout(timer);
}

function locked(paths: RunPaths, { lockTimeoutMs }: RunAccess): StorageError {
  return new StorageError(
    `Cannot change run "${paths.runId}": another writer has held it for ` +
      `${lockTimeoutMs} ms; try again, or end that process (${paths.lock})`,
    { code: "LOCKED", path: paths.lock },
  );
}

async function tryAcquire(
  paths: RunPaths,
  { files }: RunAccess,
): Promise<RunLock | undefined> {
  const opened = await openLockFile(paths, files);
  if (opened === undefined) return undefined;
  const { file, isNew } = opened;
  try {
    if (await file.tryLock(true) && await isAtPath(paths.lock, file, files)) {
      if (isNew) await shareLockFile(paths, file, files);
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

/** Lets all who may write in the results directory lock the run. */
async function shareLockFile(
  paths: RunPaths,
  file: Deno.FsFile,
  files: FileOperations,
): Promise<void> {
  const results = files.statSync(paths.resultsDir);
  const wanted = sharedFile(results, STICKY_BIT);
  await adoptOwnership(paths.lock, await file.stat(), wanted, files);
}

/** Whether the mode of an empty file tells that it was made to lock a run. */
export function isLockFile({ mode }: Deno.FileInfo): boolean {
  return mode === null || (mode & STICKY_BIT) !== 0;
}

async function openLockFile(
  paths: RunPaths,
  files: FileOperations,
): Promise<{ file: Deno.FsFile; isNew: boolean } | undefined> {
  try {
    const options = { write: true, createNew: true };
    return { file: await files.open(paths.lock, options), isNew: true };
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  try {
    // Opening a link would follow it, and opening a FIFO would never end.
    const info = files.lstatSync(paths.lock);
    if (info.isFile && info.size === 0) {
      // To lock a file of another account it is enough to read it.
      const file = await files.open(paths.lock, { read: true });
      return { file, isNew: false };
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
  throw new StorageError(
    `Cannot lock run "${paths.runId}": "${paths.lock}" is not a lock file`,
    { code: "UNSAFE_PATH", path: paths.lock },
  );
}
