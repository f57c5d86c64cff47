import type { RunMetrics } from "../../../src/model/metrics.ts";

const FIRST_SAVED_S = 1_770_624_000;
const AT_ONCE = 64;

/** The least that a summary has. */
function summaryOfNothing(runId: string): RunMetrics {
  return {
    run_id: runId,
    timestamp: "2026-02-09T12:00:00",
    total_measurements: 0,
    measurement_types: {},
    stats: {},
    stats_by_satellite: {},
  };
}

async function makeRun(resultsDir: string, index: number): Promise<void> {
  const runId = `run_${String(index).padStart(5, "0")}`;
  const summaryPath = `${resultsDir}/${runId}/latency_summary.json`;
  await Deno.mkdir(`${resultsDir}/${runId}`, { recursive: true });
  await Deno.writeTextFile(
    summaryPath,
    JSON.stringify(summaryOfNothing(runId)),
  );
  await Deno.utime(summaryPath, FIRST_SAVED_S + index, FIRST_SAVED_S + index);
}

/**
 * Makes a results directory with this many runs, saved one second after the
 * other in the order of their names, so that the latest by name and by time
 * are the same.
 */
export async function makeRunDirectories(
  resultsDir: string,
  count: number,
): Promise<void> {
  for (let first = 0; first < count; first += AT_ONCE) {
    const indexes = Array.from(
      { length: Math.min(AT_ONCE, count - first) },
      (_, i) => first + i,
    );
    await Promise.all(indexes.map((index) => makeRun(resultsDir, index)));
  }
}
