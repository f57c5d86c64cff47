import { finishCommit } from "../run/commit.ts";
import { finishBatches } from "../run/finish_batch.ts";
import {
  findSummary,
  type FoundSummary,
  readSummary,
} from "../run/read_summary.ts";
import type { RunAccess } from "../run/run_access.ts";
import { tryRunLock } from "../run/run_lock.ts";
import type { RunPaths } from "../run/run_paths.ts";
import { isUntouched } from "../run/superseded.ts";
import type { ResultsDirectory } from "./results_directory.ts";
import type { CachedSummary } from "./summary_cache.ts";

/**
 * The summary of a run: the one that was read before if its file has not
 * changed since, or else what the file says.
 */
export function revalidateMetrics(
  paths: RunPaths,
  directory: ResultsDirectory,
  room?: "made" | "left",
): CachedSummary | undefined {
  const found = findSummary(paths, directory.files);
  const cached = found &&
    directory.state?.summaries.find(paths.runId, found.file);
  return cached ?? readMetrics(paths, directory, { found, room });
}

/** The summary of a run from its file, perhaps where it was just found. */
export function readMetrics(
  paths: RunPaths,
  directory: ResultsDirectory,
  { found, room }: {
    readonly found?: FoundSummary | undefined;
    /** What to keep it in. */
    readonly room?: "made" | "left" | undefined;
  } = {},
): CachedSummary | undefined {
  const summaries = directory.state?.summaries;
  const summary = readSummary(paths, directory.files, found);
  if (summary === undefined || summaries === undefined) {
    summaries?.drop(paths.runId);
    return undefined;
  }
  return summaries.keep(paths.runId, summary, room);
}

/**
 * Publishes what a writer that died has committed, if a summary came from
 * there. A reader that may not
 * write, or comes upon a living writer, does without.
 */
export async function finishAbandonedCommit(
  paths: RunPaths,
  access: RunAccess,
): Promise<void> {
  // It would be asked for on a terminal.
  if (!access.files.mayWrite(paths.resultsDir)) return;
  try {
    await finishBatches(paths.resultsDir, access);
    using lock = await tryRunLock(paths, access);
    if (lock === undefined) return;
    // Another program may be writing the run in place right now.
    if (!isUntouched(paths, access.files)) return await lock.remove();
    await finishCommit(paths, access);
    await lock.remove();
  } catch {
    // Reading is done, and whoever writes next will meet the same trouble.
  }
}
