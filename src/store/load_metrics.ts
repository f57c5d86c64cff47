import type { FileAccess, FileOperations } from "../files/file_operations.ts";
import type { RunMetrics } from "../measurement.ts";
import { finishCommit } from "./commit.ts";
import { findSummary, type ReadSummary, readSummary } from "./read_summary.ts";
import { tryRunLock } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { cachedSummaryOf, cacheSummary, dropSummary } from "./summary_cache.ts";

/** A run's cached summary, if its file has not changed since it was read. */
export function revalidateMetrics(
  paths: RunPaths,
  files: FileOperations,
): Readonly<RunMetrics> | undefined {
  const found = findSummary(paths, files);
  return found && cachedSummaryOf(paths.summary, found.file);
}

/** A run's summary from its file, cached from then on. */
export function loadSummary(
  paths: RunPaths,
  files: FileOperations,
): ReadSummary | undefined {
  const summary = readSummary(paths, files);
  if (summary === undefined) dropSummary(paths.summary);
  else cacheSummary(paths.summary, summary.metrics, summary.file);
  return summary;
}

/**
 * Publishes what a writer that died has committed. A reader that may not
 * write, or comes upon a living writer, does without.
 */
export async function finishForTheDead(
  paths: RunPaths,
  options: FileAccess,
): Promise<void> {
  try {
    using lock = await tryRunLock(paths, options.files);
    if (lock === undefined) return;
    await finishCommit(paths, options);
    await lock.remove();
  } catch {
    // Reading is done, and whoever writes next will meet the same trouble.
  }
}
