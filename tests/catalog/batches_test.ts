import { RunStore } from "@astraguard/hil-metrics";
import { RunCatalog } from "@astraguard/hil-metrics/catalog";
import { assertEquals } from "@std/assert";
import { abandonBatch } from "../_abandoned_batch.ts";
import { withResultsDir } from "../_results_dir.ts";
import { assertFresh, saveRun } from "./_runs.ts";

/** Looked for by a listing and by the catalog; none of them finishes a batch. */
async function recent(catalog: RunCatalog): Promise<string[]> {
  const { resultsDir } = catalog;
  const listed = await new RunStore(resultsDir).recentRuns();
  assertEquals(
    await new RunStore(resultsDir, { catalog }).recentRuns(),
    listed,
  );
  return listed;
}

Deno.test("RunCatalog.refresh() makes a catalog with the runs of a batch that nobody has finished", () =>
  withResultsDir(async (resultsDir) => {
    await saveRun(resultsDir, "b");
    await abandonBatch(resultsDir, ["a", "b"]);
    using catalog = RunCatalog.open(resultsDir);
    assertEquals((await catalog.refresh()).enteredRuns, 2);
    assertEquals((await recent(catalog)).sort(), ["a", "b"]);
    await new RunStore(resultsDir).run("a").repairRun();
    await catalog.refresh();
    await assertFresh(catalog);
  }));

Deno.test("RunCatalog.refresh() enters the runs of a batch that came unannounced, and is not finished", () =>
  withResultsDir(async (resultsDir) => {
    const here = `${resultsDir}/here`;
    await saveRun(here, "b");
    using catalog = RunCatalog.open(here);
    await catalog.refresh();
    // As who brings a directory back from a backup.
    await abandonBatch(`${resultsDir}/there`, ["a", "c"]);
    await Deno.rename(`${resultsDir}/there/.batches`, `${here}/.batches`);
    await catalog.refresh();
    assertEquals((await recent(catalog)).sort(), ["a", "b", "c"]);
  }));

for (const renames of [0, 1, 2]) {
  Deno.test(`RunCatalog orders a run that a batch overwrites as a listing does, ${renames} renames after the commit`, () =>
    withResultsDir(async (resultsDir) => {
      using catalog = RunCatalog.open(resultsDir);
      for (const runId of ["b", "c"]) await saveRun(resultsDir, runId);
      const past = new Date(1e12);
      const path = `${resultsDir}/b/latency_summary.json`;
      await Deno.utime(path, past, past);
      await abandonBatch(resultsDir, ["b"], { renames });
      await catalog.refresh();
      assertEquals(await recent(catalog), ["b", "c"]);
    }));
}
