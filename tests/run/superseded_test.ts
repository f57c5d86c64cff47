import { assert, assertEquals } from "@std/assert";
import { MetricsStorage } from "@astraguard/hil-metrics";
import { fromRoot } from "../_from_root.ts";
import {
  collectorOfDetections,
  tree,
  withResultsDir,
} from "../_results_dir.ts";
import { storageOn, systemFilesWith } from "../_storage_on.ts";

const NAMES = ["latency_raw.csv", "latency_summary.json"];

/** Saves over a run, and dies after so many files have left the commit. */
async function saveCutShort(
  resultsDir: string,
  count: number,
  movedFiles: number,
  clock = () => 1_790_000_000,
): Promise<void> {
  let moved = 0;
  const dying = storageOn(
    systemFilesWith({
      rename: (from, to) =>
        String(from).includes("/.commit/") && moved++ >= movedFiles
          ? Promise.reject(new Error("killed"))
          : Deno.rename(from, to),
    }),
    "run",
    { resultsDir, clock },
  );
  await dying.saveLatencyStats(collectorOfDetections(count)).catch(() => {});
}

/** What the original does: it writes a run of its own in place. */
async function saveInPlace(resultsDir: string): Promise<void> {
  const original = fromRoot(
    "tests/testdata/astraguard-runs/thermal_cascade_001",
  );
  for (const name of NAMES) {
    const text = await Deno.readTextFile(`${original}/${name}`);
    await Deno.writeTextFile(`${resultsDir}/run/${name}`, text);
  }
}

async function totalsOf(resultsDir: string): Promise<(number | undefined)[]> {
  const storage = new MetricsStorage("run", { resultsDir });
  const metrics = await storage.getRunMetrics({ useCache: false });
  return [
    metrics?.total_measurements,
    (await storage.loadMeasurements()).length,
  ];
}

for (const movedFiles of [0, 1]) {
  const state = `a commit of which ${movedFiles} files have left`;

  Deno.test(`A save of the original after ${state} counts, whatever the clocks say`, async () => {
    await withResultsDir(async (resultsDir) => {
      const storage = new MetricsStorage("run", { resultsDir });
      await storage.saveLatencyStats(collectorOfDetections(3));
      // By its time it is later than what the original saves after it.
      await saveCutShort(resultsDir, 5, movedFiles);
      assertEquals(await totalsOf(resultsDir), [5, 5]);
    });
    await withResultsDir(async (resultsDir) => {
      const storage = new MetricsStorage("run", { resultsDir });
      await storage.saveLatencyStats(collectorOfDetections(3));
      await saveCutShort(resultsDir, 5, movedFiles);
      await saveInPlace(resultsDir);
      const [total] = await totalsOf(resultsDir);
      assert(total !== 5 && total !== 3);
      assertEquals(await totalsOf(resultsDir), [total, total]);
      const { problems } = await storage.verifyRun();
      assertEquals(
        problems.map(({ kind }) => kind),
        ["unfinished-commit", "wrong-run-id"],
      );
      const repair = await storage.repairRun();
      assertEquals(
        [repair.droppedCommit, repair.finishedCommit],
        [true, false],
      );
      assertEquals(await tree(`${resultsDir}/run`), NAMES);
      assertEquals(await totalsOf(resultsDir), [total, total]);
    });
  });

  Deno.test(`A save over ${state}, which the original has saved over, replaces it`, async () => {
    await withResultsDir(async (resultsDir) => {
      const storage = new MetricsStorage("run", { resultsDir });
      await storage.saveLatencyStats(collectorOfDetections(3));
      await saveCutShort(resultsDir, 5, movedFiles);
      await saveInPlace(resultsDir);
      await storage.saveLatencyStats(collectorOfDetections(9));
      assertEquals(await totalsOf(resultsDir), [9, 9]);
      assertEquals(await tree(resultsDir), [
        ".staging/",
        "run/",
        ...NAMES.map((name) => `run/${name}`),
      ]);
    });
  });
}

Deno.test("Half a save of the original does not count against a commit", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    await storage.saveLatencyStats(collectorOfDetections(3));
    await saveCutShort(resultsDir, 5, 0);
    await Deno.writeTextFile(
      `${resultsDir}/run/latency_summary.json`,
      '{"run_',
    );
    assertEquals(await totalsOf(resultsDir), [5, 5]);
  });
});
