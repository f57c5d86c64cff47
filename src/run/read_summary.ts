import { MAX_SUMMARY_BYTES } from "../formats/summary/summary_encoder.ts";
import {
  decodeSummary,
  SummarySyntaxError,
} from "../formats/summary/summary_decoder.ts";
import { StorageError } from "../model/errors.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { LINKS_OF_LEAF, lookAt } from "../disk/look_at.ts";
import type { RunMetrics } from "../model/metrics.ts";
import { damaged, inTheWay } from "./failures.ts";
import { findInBatch } from "./find_batch.ts";
import type { RunPaths } from "./run_paths.ts";
import { isSuperseded } from "./superseded.ts";

/** Where a run's summary is now. */
export interface FoundSummary {
  readonly path: string;
  readonly file: Deno.FileInfo;
  /** Whether it stands in a commit that has not been published. */
  readonly pending: boolean;
}

/** A summary as read, and what tells whether the file is still the same. */
export interface ReadSummary extends FoundSummary {
  readonly metrics: RunMetrics;
}

/** How often a file may move away between being found and being read. */
const TRIES = 16;

/**
 * Reads a run's summary, or finds that there is none.
 *
 * Synchronous, since a summary is small: five system calls take a tenth of
 * what as many asynchronous ones do, and what is read cannot be out of date
 * before it is cached.
 *
 * @param found Where it has just been found.
 * @throws {StorageError} `RUN_DAMAGED`, `UNSAFE_PATH`, or the system's reason.
 */
export function readSummary(
  paths: RunPaths,
  files: FileOperations,
  found: FoundSummary | undefined = findSummary(paths, files),
): ReadSummary | undefined {
  for (let tries = 1;; tries++) {
    if (found === undefined) return undefined;
    const { path, file, pending } = found;
    const bytes = readIfThere(path, files);
    if (bytes !== undefined) {
      return { path, file, pending, metrics: decode(bytes, paths, path) };
    }
    if (tries === TRIES) {
      throw new StorageError(
        `Cannot read run "${paths.runId}": its summary keeps moving away ` +
          `(${path})`,
        { code: "IO_FAILED", path },
      );
    }
    found = findSummary(paths, files);
  }
}

/** Finds the summary that counts, without opening it: it may be a FIFO. */
export function findSummary(
  paths: RunPaths,
  files: FileOperations,
): FoundSummary | undefined {
  for (let tries = 1;; tries++) {
    const directory = lookAt(paths.directory, files);
    if (directory?.isDirectory === false) {
      throw inTheWay(paths, paths.directory);
    }
    // The count of links tells on most file systems that there is no commit to
    // look for (elsewhere it is 1), as `find` has long made use of.
    if (directory?.nlink === LINKS_OF_LEAF) return inPlace(paths, files);
    const inBatch = findInBatch(paths, files);
    if (inBatch !== undefined) {
      const found = foundInBatch(inBatch, paths, files);
      if (found !== undefined || tries === TRIES) return found;
      // It was brought into its place after we looked where it is.
      continue;
    }
    if (directory !== undefined) {
      return pendingOf(paths, files) ?? inPlace(paths, files);
    }
    const isMissing = lookAt(paths.directory, files) === undefined;
    if (isMissing || tries === TRIES) return undefined;
  }
}

/** Whether the summary that counts is no longer the one found before. */
export function isReplaced(
  before: FoundSummary | undefined,
  paths: RunPaths,
  files: FileOperations,
): boolean {
  const now = findSummary(paths, files)?.file;
  const then = before?.file;
  // A file system may give the inode number of a removed file to the next.
  return now?.ino !== then?.ino || now?.size !== then?.size ||
    now?.mtime?.getTime() !== then?.mtime?.getTime();
}

function inPlace(
  paths: RunPaths,
  files: FileOperations,
): FoundSummary | undefined {
  return summaryAt(paths.summary, false, paths, files);
}

/** The summary of a commit that was not published; `undefined` for none. */
function pendingOf(
  paths: RunPaths,
  files: FileOperations,
): FoundSummary | undefined {
  // What is no directory there is no commit.
  const isPending = lookAt(paths.pending, files)?.isDirectory &&
    !isSuperseded(paths, files);
  return isPending
    ? summaryAt(paths.pendingSummary, true, paths, files)
    : undefined;
}

/** The summary of a run in a batch; `undefined` if it has left that. */
function foundInBatch(
  inBatch: RunPaths,
  paths: RunPaths,
  files: FileOperations,
): FoundSummary | undefined {
  if (inBatch.directory !== paths.directory) {
    return summaryAt(inBatch.summary, true, paths, files);
  }
  return isSuperseded(inBatch, files)
    ? inPlace(paths, files)
    : summaryAt(inBatch.pendingSummary, true, paths, files);
}

function summaryAt(
  path: string,
  pending: boolean,
  paths: RunPaths,
  files: FileOperations,
): FoundSummary | undefined {
  const file = lookAt(path, files);
  return file && plain(paths, { path, file, pending });
}

function plain(paths: RunPaths, found: FoundSummary): FoundSummary {
  if (!found.file.isFile) throw inTheWay(paths, found.path);
  if (found.file.size > MAX_SUMMARY_BYTES) {
    throw damaged(
      paths,
      found.path,
      `the file has ${found.file.size} bytes, over ${MAX_SUMMARY_BYTES}`,
    );
  }
  return found;
}

function readIfThere(
  path: string,
  files: FileOperations,
): Uint8Array | undefined {
  try {
    return files.readFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

function decode(
  bytes: Uint8Array,
  paths: RunPaths,
  path: string,
): RunMetrics {
  try {
    return decodeSummary(bytes);
  } catch (error) {
    if (!(error instanceof SummarySyntaxError)) throw error;
    throw damaged(paths, path, error.message, error);
  }
}
