import { MetricsStorage } from "../../../mod.ts";
import { ORIGINAL_RESULTS_DIR } from "../original/original.ts";
import { recordBoth } from "./_collectors.ts";

/** A saved run, the last by name and by time. */
export const RUN_ID = "run_b";
/** The run it is compared with. */
export const OTHER_RUN_ID = "run_a";

/**
 * Saves two runs of different measurements below a directory, where also the
 * original looks for them, and returns their results directory.
 */
export async function saveTwoRuns(
  directory: string,
  count: number,
): Promise<string> {
  const resultsDir = `${directory}/${ORIGINAL_RESULTS_DIR}`;
  for (const [seed, runId] of [OTHER_RUN_ID, RUN_ID].entries()) {
    const { columns } = recordBoth(count, seed);
    const storage = new MetricsStorage(runId, { resultsDir });
    await storage.saveLatencyStats(columns);
  }
  return resultsDir;
}
