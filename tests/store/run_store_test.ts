import { assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import {
  type ListRunsOptions,
  MetricsStorage,
  RunStore,
  StorageError,
} from "@astraguard/hil-metrics";
import { collectorOfDetections, withResultsDir } from "../_results_dir.ts";

async function idsOf(
  store: RunStore,
  options: ListRunsOptions,
): Promise<string[]> {
  return (await Array.fromAsync(store.runs(options))).map(({ runId }) => runId);
}

/** Saves a run and sets the time when that was. */
async function saveAt(
  store: RunStore,
  runId: string,
  timeS: number,
  labels = {},
): Promise<void> {
  const { summary } = await store.run(runId)
    .saveLatencyStats(collectorOfDetections(1), { labels });
  await Deno.utime(summary, timeS, timeS);
}

Deno.test("RunStore.runs() yields runs with their summaries, newest first", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (const [index, runId] of ["b", "a", "c"].entries()) {
      await saveAt(store, runId, 1000 + index);
    }
    const runs = await Array.fromAsync(store.runs());
    assertEquals(runs.map(({ runId }) => runId), ["c", "a", "b"]);
    assertEquals(runs.map(({ metrics }) => metrics.run_id), ["c", "a", "b"]);
    assertEquals(await store.recentRuns(), ["c", "a", "b"]);
    assertEquals(await idsOf(store, { orderBy: "name" }), ["c", "b", "a"]);
    assertEquals(await idsOf(new RunStore(`${resultsDir}/none`), {}), []);
  });
});

Deno.test("RunStore.runs() and recentRuns() select alike, whatever the order", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { durability: "none" });
    const runs = [..."abcdefghij"].map((letter, index) => ({
      runId: `${index % 2 === 0 ? "even" : "odd"}_${letter}`,
      timeS: 1000 + index * 7 % 5,
      labels: { rig: `${index % 3}`, ...(index > 5 && { night: "yes" }) },
    }));
    for (const { runId, timeS, labels } of runs) {
      await saveAt(store, runId, timeS, labels);
    }
    await fc.assert(fc.asyncProperty(
      fc.record({
        limit: fc.nat(12),
        orderBy: fc.constantFrom("mtime", "name"),
        prefix: fc.constantFrom("", "even", "odd_", "none"),
        since: fc.integer({ min: 999, max: 1006 }).map(dateOf),
        until: fc.integer({ min: 999, max: 1006 }).map(dateOf),
        labels: fc.record({
          rig: fc.constantFrom("0", "1", "9"),
          night: fc.constant("yes"),
        }, { requiredKeys: [] }),
      }, { requiredKeys: [] }),
      async (options) => {
        const { limit = 10, orderBy, prefix, since, until, labels } =
          options as ListRunsOptions;
        const wanted = runs
          .filter((run) => run.runId.startsWith(prefix ?? ""))
          .filter(({ timeS }) => !since || timeS * 1000 >= since.getTime())
          .filter(({ timeS }) => !until || timeS * 1000 < until.getTime())
          .filter((run) =>
            Object.entries(labels ?? {}).every(([name, value]) =>
              run.labels[name as "rig"] === value
            )
          )
          .toSorted((a, b) =>
            (orderBy === "name" ? 0 : b.timeS - a.timeS) ||
            (a.runId < b.runId ? 1 : -1)
          )
          .slice(0, limit)
          .map(({ runId }) => runId);
        const given = options as ListRunsOptions;
        assertEquals(await store.recentRuns(given), wanted);
        assertEquals(await idsOf(store, { ...given, limit }), wanted);
        assertEquals(
          await MetricsStorage.getRecentRuns(resultsDir, given),
          wanted,
        );
      },
    ));
  });
});

function dateOf(timeS: number): Date {
  return new Date(timeS * 1000);
}

Deno.test("RunStore.runs() ends at a summary that cannot be read, or leaves it out where told", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (const [index, runId] of ["a", "b", "c"].entries()) {
      await saveAt(store, runId, 1000 + index);
    }
    await Deno.writeTextFile(`${resultsDir}/b/latency_summary.json`, "{");
    await Deno.utime(`${resultsDir}/b/latency_summary.json`, 1001, 1001);
    const error = await assertRejects(() => idsOf(store, {}), StorageError);
    assertEquals(error.code, "RUN_DAMAGED");
    const codes: string[] = [];
    const onUnreadable = ({ code }: StorageError) => codes.push(code);
    assertEquals(await idsOf(store, { onUnreadable }), ["c", "a"]);
    assertEquals(codes, ["RUN_DAMAGED"]);
    assertEquals(await store.recentRuns({ limit: 2 }), ["c", "b"]);
    assertEquals(
      await store.recentRuns({ labels: { rig: "1" }, onUnreadable }),
      [],
    );
  });
});

Deno.test("RunStore.run() keeps labels with a run, and a save replaces them", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    const labels = { firmware: "2.1", "10": '\u00e9"\n', ["__proto__"]: "x" };
    const storage = store.run("run");
    const read = async () =>
      (await storage.getRunMetrics({ useCache: false }))?.labels;
    await storage.saveLatencyStats(collectorOfDetections(1), { labels });
    const kept = await read();
    assertEquals(kept, labels);
    assertEquals(Object.isFrozen(kept), true);
    assertEquals((await storage.verifyRun()).problems, []);
    await storage.saveLatencyStats(collectorOfDetections(1), { labels: {} });
    assertEquals(await read(), undefined);
  });
});

Deno.test("RunStore.compareRuns() puts two of its runs side by side", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    await store.run("a").saveLatencyStats(collectorOfDetections(2, 80));
    await store.run("b").saveLatencyStats(collectorOfDetections(2, 75));
    const { run1, run2, metrics } = await store.compareRuns("b", "a");
    assertEquals([run1, run2], ["b", "a"]);
    assertEquals(metrics.fault_detection?.diff_ms, -5);
  });
});
