import type { FileAccess } from "../files/file_operations.ts";
import type { RunMetrics } from "../measurement.ts";
import { finishCommit } from "./commit.ts";
import { findSummary, readSummary } from "./read_summary.ts";
import { tryRunLock } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { cachedSummaryOf, cacheSummary, dropSummary } from "./summary_cache.ts";

/**
 * A run's summary from its file, or from the cache where it may be
 * revalidated and the file has not changed; null where there is none.
 */
export async function loadMetrics(
  paths: RunPaths,
  revalidate: boolean,
  options: FileAccess,
): Promise<Readonly<RunMetrics> | null> {
  const { files } = options;
  if (revalidate) {
    const found = findSummary(paths, files);
    const cached = found && cachedSummaryOf(paths.summary, found.file);
    if (cached !== undefined) return cached;
  }
  const summary = readSummary(paths, files);
  if (summary === undefined) {
    dropSummary(paths.summary);
    return null;
  }
  cacheSummary(paths.summary, summary.metrics, summary.file);
  if (summary.pending) await finishForTheDead(paths, options);
  return summary.metrics;
}

/**
 * Publishes what a writer that died has committed. A reader that may not
 * write, or comes upon a living writer, does without.
 */
async function finishForTheDead(
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
