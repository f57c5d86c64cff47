import { BinaryHeap } from "@std/data-structures/binary-heap";
import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import { batchesIn } from "../run/batch_paths.ts";
import { committedBatches, runIdsIn } from "../run/find_batch.ts";
import { findSummary } from "../run/read_summary.ts";
import { isRunId, runPaths, SUMMARY_NAME } from "../run/run_paths.ts";
import { alongside } from "../event_loop/alongside.ts";
import { turns } from "../event_loop/turns.ts";

/** What "recent" goes by. */
export type RunOrder = "mtime" | "name";

/** Which runs are listed, and in which order. */
export interface RunSelection {
  readonly orderBy: RunOrder;
  /** How many at most; those after them are found by looking again. */
  readonly atOnce: number;
  readonly prefix: string;
  /** When the summary was last written, in Unix milliseconds: from here on. */
  readonly sinceMs: number;
  /** Before this time. */
  readonly untilMs: number;
}

/** A run that was found. */
export interface ListedRun {
  readonly runId: string;
  /** When its summary was last written; `-Infinity` where nothing tells. */
  readonly mtimeMs: number;
}

/**
 * Deno 2.9 reads so many entries of a directory in one go: only waiting for the
 * one after them lets the event loop turn.
 */
const ENTRIES_READ = 32;

/** How often a directory is looked at again because a batch came meanwhile. */
const TRIES = 16;

/**
 * Kernels stamp with the time of their last tick, up to 10 ms ago: what is
 * younger may change again without a new time.
 */
const TICK_MS = 20;

/**
 * The runs of a directory, newest first, ties by name in descending order. Each
 * look at the directory finds the next `atOnce` of them and keeps no more:
 * O(n log atOnce) a look.
 */
export async function* listRuns(
  resultsDir: string,
  selection: RunSelection,
  files: FileOperations,
): AsyncGenerator<ListedRun> {
  if (selection.atOnce === 0) return;
  let last: ListedRun | undefined;
  for (;;) {
    const found = await nextRuns(resultsDir, selection, files, last);
    yield* found;
    if (found.length < selection.atOnce) return;
    last = found.at(-1);
  }
}

/** The newest runs that are older than one. */
async function nextRuns(
  resultsDir: string,
  { orderBy, atOnce, prefix, sinceMs, untilMs }: RunSelection,
  files: FileOperations,
  newer: ListedRun | undefined,
): Promise<ListedRun[]> {
  const olderFirst = orderBy === "name" ? byName : byTime;
  const needsTime = orderBy === "mtime" || sinceMs > -Infinity ||
    untilMs < Infinity;
  const newest = new BinaryHeap<ListedRun>(olderFirst);
  const consider = (
    name: string,
    fileOf: (name: string) => Deno.FileInfo | undefined,
  ): void => {
    if (!name.startsWith(prefix)) return;
    const oldest = newest.length < atOnce ? undefined : newest.peek();
    if (orderBy === "name") {
      // Most runs drop out here, without a look at the file.
      if (oldest !== undefined && name <= oldest.runId) return;
      if (newer !== undefined && name >= newer.runId) return;
    }
    const summary = fileOf(name);
    if (summary === undefined) return;
    const mtimeMs = needsTime ? mtimeOf(summary) : -Infinity;
    if (mtimeMs < sinceMs || mtimeMs >= untilMs) return;
    const run = { runId: name, mtimeMs };
    if (newer !== undefined && olderFirst(run, newer) >= 0) return;
    if (oldest !== undefined && olderFirst(run, oldest) <= 0) return;
    // Not everything that a file system takes for a name can be asked for.
    if (!isRunId(name)) return;
    if (oldest !== undefined) newest.pop();
    newest.push(run);
  };
  try {
    let earlier: readonly ListedRun[] | undefined;
    for (let tries = 1;; tries++) {
      const startMs = Date.now();
      const before = lookAt(batchesIn(resultsDir), files);
      const inBatches = await runsInBatches(resultsDir, files);
      for await (const names of directoriesIn(resultsDir, files)) {
        for (const name of names) {
          if (turns.isOver) await turns.next();
          if (inBatches.has(name)) continue;
          consider(name, (it) => summaryFile(`${resultsDir}/${it}`, files));
        }
      }
      // Those may be on their way into place.
      for (const name of inBatches) {
        if (turns.isOver) await turns.next();
        consider(name, (it) => summaryInBatch(resultsDir, it, files));
      }
      const runs = [...newest].reverse();
      // A batch that came meanwhile may have been seen in part.
      const isSteady = isSame(before, lookAt(batchesIn(resultsDir), files)) &&
        (isOlder(before, startMs - TICK_MS) || isSameRuns(runs, earlier));
      if (isSteady || tries === TRIES) return runs;
      earlier = runs;
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw storageFailure(error, { action: "list runs", path: resultsDir });
  }
}

/** The ids of the runs in batches that may not be in their places. */
export async function runsInBatches(
  resultsDir: string,
  files: FileOperations,
): Promise<ReadonlySet<string>> {
  const runIds = new Set<string>();
  for (const batchId of committedBatches(resultsDir, files)) {
    try {
      const { made, overwritten } = await runIdsIn(resultsDir, batchId, files);
      for (const runId of [...made, ...overwritten]) runIds.add(runId);
    } catch {
      // It has just been finished, or is damaged or another account's.
    }
  }
  return runIds;
}

function summaryInBatch(
  resultsDir: string,
  runId: string,
  files: FileOperations,
): Deno.FileInfo | undefined {
  try {
    return findSummary(runPaths(resultsDir, runId), files)?.file;
  } catch {
    // As for a run that may not be looked at.
    return undefined;
  }
}

function isSame(
  a: Deno.FileInfo | undefined,
  b: Deno.FileInfo | undefined,
): boolean {
  return a?.ino === b?.ino && a?.nlink === b?.nlink &&
    a?.mtime?.getTime() === b?.mtime?.getTime();
}

function isOlder(file: Deno.FileInfo | undefined, timeMs: number): boolean {
  return file === undefined || mtimeOf(file) < timeMs;
}

function isSameRuns(
  a: readonly ListedRun[],
  b: readonly ListedRun[] | undefined,
): boolean {
  return a.length === b?.length &&
    a.every((run, at) => byTime(run, b[at]!) === 0);
}

/**
 * The directories in a directory, but for hidden ones, a few at a time: while
 * those are looked at, the system reads the next.
 */
export async function* directoriesIn(
  path: string,
  files: FileOperations,
): AsyncGenerator<string[]> {
  const entries = files.readDir(path)[Symbol.asyncIterator]();
  let names: string[] = [];
  let reading = entries.next();
  try {
    for (let count = 1;; count++) {
      const { value: entry, done } = await reading;
      if (done) break;
      reading = entries.next();
      if (entry.isDirectory && !entry.name.startsWith(".")) {
        names.push(entry.name);
      }
      if (count % ENTRIES_READ === 0) {
        alongside(reading);
        yield names;
        names = [];
      }
    }
    yield names;
  } finally {
    // The directory stays open until it was read to its end, or this.
    await reading.catch(() => {});
    await entries.return?.();
  }
}

function summaryFile(
  directory: string,
  files: FileOperations,
): Deno.FileInfo | undefined {
  try {
    const info = files.lstatSync(`${directory}/${SUMMARY_NAME}`);
    return info.isFile ? info : undefined;
  } catch {
    // It vanished, never was a run, or may not be looked at.
    return undefined;
  }
}

/** A time that the file system does not tell, or cannot, is the oldest. */
function mtimeOf(file: Deno.FileInfo): number {
  const mtimeMs = file.mtime?.getTime() ?? NaN;
  return Number.isNaN(mtimeMs) ? -Infinity : mtimeMs;
}

function byTime(a: ListedRun, b: ListedRun): number {
  if (a.mtimeMs !== b.mtimeMs) return a.mtimeMs < b.mtimeMs ? -1 : 1;
  return byName(a, b);
}

function byName(a: ListedRun, b: ListedRun): number {
  return a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : 0;
}
