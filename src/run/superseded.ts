import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { decodeSummary } from "../formats/summary/summary_decoder.ts";
import type { RunMetrics } from "../model/metrics.ts";
import {
  isSameStamp,
  readIfFile,
  readRecord,
  stampOf,
} from "./commit_record.ts";
import type { RunPaths } from "./run_paths.ts";

/**
 * Whether another program has saved the run in place since the commit that
 * waits in it: then that is what the run has, and the commit is history.
 *
 * The commit's record tells: the summary in place is neither the one that was
 * replaced nor the one that was committed, and it is whole. A commit without a
 * record (of version 0.1) is judged by the time in both summaries and that of
 * both files.
 */
export function isSuperseded(paths: RunPaths, files: FileOperations): boolean {
  const bytes = readIfFile(paths.summary, files);
  const there = bytes && summaryIn(bytes);
  if (there === undefined) return false;
  const record = readRecord(paths, files);
  if (record !== undefined) {
    const stamp = stampOf(bytes!);
    return !isSameStamp(stamp, record.replaces) &&
      !isSameStamp(stamp, record.summary);
  }
  const pendingBytes = readIfFile(paths.pendingSummary, files);
  const pending = pendingBytes && summaryIn(pendingBytes);
  return pending !== undefined && there.timestamp > pending.timestamp &&
    mtimeMs(paths.summary, files) > mtimeMs(paths.pendingSummary, files);
}

/**
 * Whether nobody has begun to save the run in place since the commit that waits
 * in it: then it may be published while nobody asks for that.
 */
export function isUntouched(paths: RunPaths, files: FileOperations): boolean {
  const record = readRecord(paths, files);
  const bytes = readIfFile(paths.summary, files);
  if (record === undefined) {
    return bytes === undefined || summaryIn(bytes) !== undefined;
  }
  const stamp = bytes === undefined ? null : stampOf(bytes);
  if (isSameStamp(stamp, record.summary)) return true;
  const csv = lookAt(paths.csv, files);
  // The CSV leaves the commit before the summary.
  const isMoved = lookAt(paths.pendingCsv, files) === undefined;
  return isSameStamp(stamp, record.replaces) &&
    (isMoved || (csv?.size ?? null) === record.replaces_csv_bytes);
}

function summaryIn(bytes: Uint8Array): RunMetrics | undefined {
  try {
    return decodeSummary(bytes);
  } catch {
    return undefined;
  }
}

function mtimeMs(path: string, files: FileOperations): number {
  return lookAt(path, files)?.mtime?.getTime() ?? NaN;
}
