import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { StorageError } from "../model/errors.ts";
import type { RunMetrics } from "../model/metrics.ts";
import { isOverwrittenByBatch } from "../run/find_batch.ts";
import { findSummary, readSummary } from "../run/read_summary.ts";
import type { RunPaths } from "../run/run_paths.ts";

/** What a look at a run tells, without its content. */
export interface RunState {
  /** When the summary in its place was last written; `undefined` for none. */
  readonly mtimeMs: number | undefined;
  /** Changes with the summary that counts, as far as its file tells. */
  readonly stamp: string;
  readonly isPending: boolean;
}

/** A run as it is. */
export interface RunEntry extends RunState {
  readonly runId: string;
  /** `undefined` where there is no summary, or none that can be read. */
  readonly metrics: RunMetrics | undefined;
  /** Whether a later change of the file would show in its times. */
  readonly isSettled: boolean;
}

/** File times tick: what is younger may change again without a new time. */
export const RACY_MS = 50;

/** Looks at a run; `undefined` where it is gone. */
export function lookAtRun(
  paths: RunPaths,
  files: FileOperations,
): RunState | undefined {
  let failure = "";
  try {
    const found = findSummary(paths, files);
    if (found !== undefined && !found.pending) {
      return {
        mtimeMs: mtimeOf(found.file),
        stamp: stampOf(found.file),
        isPending: false,
      };
    }
    if (found !== undefined) {
      const there = fileAt(paths.summary, files);
      // As a listing does, which knows the runs of a committed batch.
      const isInBatch = found.path !== paths.pendingSummary ||
        isOverwrittenByBatch(paths, files);
      const listed = isInBatch ? found.file : there;
      return {
        mtimeMs: listed && mtimeOf(listed),
        stamp: `pending ${stampOf(found.file)} ${there && stampOf(there)}`,
        isPending: true,
      };
    }
  } catch (error) {
    failure = error instanceof StorageError ? error.code : "unknown";
  }
  if (!isDirectoryAt(paths.directory, files)) return undefined;
  const there = fileAt(paths.summary, files);
  return {
    mtimeMs: there && mtimeOf(there),
    stamp: `none ${failure} ${there && stampOf(there)}`,
    isPending: false,
  };
}

/** Reads a run; `undefined` where it is gone. */
export function readRun(
  paths: RunPaths,
  files: FileOperations,
): RunEntry | undefined {
  const state = lookAtRun(paths, files);
  if (state === undefined) return undefined;
  let metrics;
  try {
    metrics = readSummary(paths, files)?.metrics;
  } catch {
    // A listing by time has it all the same.
  }
  const isSettled = (state.mtimeMs ?? -Infinity) < Date.now() - RACY_MS;
  return { ...state, runId: paths.runId, metrics, isSettled };
}

function stampOf({ ino, size, mtime }: Deno.FileInfo): string {
  return `${ino}:${size}:${mtime?.getTime()}`;
}

/** As in a listing: a time that nothing tells is the oldest. */
function mtimeOf({ mtime }: Deno.FileInfo): number {
  const mtimeMs = mtime?.getTime() ?? NaN;
  return Number.isNaN(mtimeMs) ? -Infinity : mtimeMs;
}

function fileAt(
  path: string,
  files: FileOperations,
): Deno.FileInfo | undefined {
  try {
    const found = lookAt(path, files);
    return found?.isFile ? found : undefined;
  } catch {
    return undefined;
  }
}

function isDirectoryAt(path: string, files: FileOperations): boolean {
  try {
    return lookAt(path, files)?.isDirectory ?? false;
  } catch {
    return false;
  }
}
