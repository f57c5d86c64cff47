import { BinaryHeap } from "@std/data-structures/binary-heap";
import type { FileOperations } from "../files/file_operations.ts";
import { storageFailure } from "../files/storage_failure.ts";
import { alongside, Turn } from "../sliced.ts";
import { isRunId, SUMMARY_NAME } from "./run_paths.ts";

/** What "recent" goes by. */
export type RunOrder = "mtime" | "name";

/**
 * Deno 2.9 reads so many entries of a directory in one go: only waiting for the
 * one after them lets the event loop turn.
 */
const ENTRIES_READ = 32;

interface Candidate {
  readonly name: string;
  /** Modification time of the summary; the same for all when it is by name. */
  readonly mtimeMs: number;
}

/**
 * Names of the most recent runs, newest first, ties by name in descending
 * order. Keeps `limit` candidates: O(n log limit).
 */
export async function selectRecentRuns(
  resultsDir: string,
  { limit, orderBy, files }: {
    limit: number;
    orderBy: RunOrder;
    files: FileOperations;
  },
): Promise<string[]> {
  if (limit === 0) return [];
  const newest = new BinaryHeap<Candidate>(olderFirst);
  const turn = new Turn();
  try {
    for await (const names of directoriesIn(resultsDir, files)) {
      for (const name of names) {
        if (turn.isOver) await turn.next();
        const oldest = newest.length < limit ? undefined : newest.peek();
        // By name most runs drop out here, without a look at the file.
        if (oldest && orderBy === "name" && name <= oldest.name) continue;
        const candidate = candidateOf(resultsDir, name, orderBy, files);
        if (candidate === undefined) continue;
        if (oldest && olderFirst(candidate, oldest) <= 0) continue;
        // Not everything that a file system takes for a name can be asked for.
        if (!isRunId(name)) continue;
        if (oldest) newest.pop();
        newest.push(candidate);
      }
    }
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw storageFailure(error, { action: "list runs", path: resultsDir });
  }
  return [...newest].map(({ name }) => name).reverse();
}

/**
 * The directories in a directory, but for hidden ones, a few at a time: while
 * those are looked at, the system reads the next.
 */
async function* directoriesIn(
  path: string,
  files: FileOperations,
): AsyncGenerator<string[]> {
  const entries = files.readDir(path)[Symbol.asyncIterator]();
  let names: string[] = [];
  let reading = entries.next();
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
}

/** The run with this name, if it is one. */
function candidateOf(
  resultsDir: string,
  name: string,
  orderBy: RunOrder,
  files: FileOperations,
): Candidate | undefined {
  const summary = summaryFile(`${resultsDir}/${name}/${SUMMARY_NAME}`, files);
  if (summary === undefined) return undefined;
  return { name, mtimeMs: orderBy === "name" ? 0 : mtimeOf(summary) };
}

function summaryFile(
  path: string,
  files: FileOperations,
): Deno.FileInfo | undefined {
  try {
    const info = files.lstatSync(path);
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

function olderFirst(a: Candidate, b: Candidate): number {
  if (a.mtimeMs !== b.mtimeMs) return a.mtimeMs < b.mtimeMs ? -1 : 1;
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}
