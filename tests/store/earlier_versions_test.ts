import { assertEquals } from "@std/assert";
import { RunStore } from "@astraguard/hil-metrics";
import { fromRoot } from "../_from_root.ts";
import { ORIGINAL_RUNS, ORIGINAL_RUNS_DIR } from "../_results_dir.ts";

/** Runs as version 0.1 wrote them: no labels, no checksum of the summary. */
const RUNS_OF_0_1 = fromRoot("tests/testdata/runs-of-0.1");

for (
  const [writer, resultsDir, runIds] of [
    ["the original", ORIGINAL_RUNS_DIR, ORIGINAL_RUNS],
    ["version 0.1", RUNS_OF_0_1, ["saved_by_0_1"]],
  ] as const
) {
  Deno.test(`RunStore reads, lists, loads and verifies what ${writer} has saved`, async () => {
    const store = new RunStore(resultsDir);
    const listed = await store.recentRuns({ orderBy: "name" });
    assertEquals(listed.toSorted(), [...runIds].toSorted());
    for (const runId of runIds) {
      const run = store.run(runId);
      const metrics = await run.getRunMetrics();
      assertEquals(metrics?.labels, undefined);
      const { length } = await run.loadMeasurements();
      assertEquals(length, metrics?.total_measurements);
      assertEquals((await run.verifyRun()).problems, []);
    }
  });
}
