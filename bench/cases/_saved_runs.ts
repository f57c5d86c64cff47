import { MetricsStorage } from "../../mod.ts";
import { ORIGINAL_RESULTS_DIR } from "../original/original.ts";
import { recordBoth } from "./_collectors.ts";

/** Ids of the two runs that {@linkcode saveTwoRuns} saves. */
export const RUN_ID = "run_a";
export const OTHER_RUN_ID = "run_b";

/**
 * Saves two runs of different measurements below a directory, where also the
 * original looks for them, and returns their results directory.
 */
export async function saveTwoRuns(
  directory: string,
  count: number,
): Promise<string> {
  const resultsDir = `${directory}/${ORIGINAL_RESULTS_DIR}`;
  for (const [seed, runId] of [RUN_ID, OTHER_RUN_ID].entries()) {
    const { columns } = recordBoth(count, seed);
    const storage = new MetricsStorage(runId, { resultsDir });
    await storage.saveLatencyStats(columns);
  }
  return resultsDir;
}
