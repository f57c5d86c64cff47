import { assertRejects } from "@std/assert";
import { StorageError } from "@astraguard/hil-metrics";
import { collectorOfDetections } from "./_results_dir.ts";
import { storeOn, systemFilesWith } from "./_storage_on.ts";

/**
 * Leaves a batch as a writer does that dies behind the commit: every rename
 * fails after the first `renames` of those that bring runs into place. Each run
 * has three rows of the given duration.
 */
export async function abandonBatch(
  resultsDir: string,
  runIds: readonly string[],
  { durationMs = 2, renames = 0 } = {},
): Promise<void> {
  let left = Infinity;
  const dying = storeOn(
    systemFilesWith({
      rename: async (from, to) => {
        if (left === 0) throw new Error("dead");
        left--;
        await Deno.rename(from, to);
        if (/\/\.batches\/[^/]*$/.test(String(to))) left = renames;
      },
    }),
    resultsDir,
  );
  const collector = collectorOfDetections(3, durationMs);
  const runs = runIds.map((runId) => ({ runId, collector }));
  const error = await assertRejects(() => dying.saveRuns(runs), StorageError);
  if (error.code !== "COMMITTED_NOT_PUBLISHED") throw error;
}
