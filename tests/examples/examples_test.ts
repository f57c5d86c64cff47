import { assertEquals, assertStringIncludes } from "@std/assert";
import { RunStore } from "@astraguard/hil-metrics";
import { collectorOfDetections, withResultsDir } from "../_results_dir.ts";
import { runExample } from "./_run_example.ts";

Deno.test("record_and_compare.ts saves two sound runs and compares them", () =>
  withResultsDir(async (resultsDir) => {
    const { code, stdout, stderr } = await runExample(
      "record_and_compare.ts",
      resultsDir,
    );
    assertEquals(code, 0, stderr);
    const store = new RunStore(resultsDir);
    const runIds = await store.recentRuns();
    assertEquals(runIds, ["digest_SHA-512", "digest_SHA-1"]);
    for (const runId of runIds) {
      assertEquals((await store.run(runId).verifyRun()).ok, true);
    }
    assertStringIncludes(stdout, "agent_decision");
  }));

Deno.test("list_runs.ts lists the whole sessions of the demo in the last week", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    const labels = { bench: "loopback", seconds: "5", complete: "yes" };
    for (
      const [runId, own] of [
        ["loopback_1", labels],
        ["loopback_2", labels],
        ["loopback_old", labels],
        ["loopback_cut", { ...labels, complete: "no" }],
        ["other_1", labels],
      ] as const
    ) {
      await store.run(runId).saveLatencyStats(collectorOfDetections(1, 75.5), {
        labels: own,
      });
    }
    const old = `${resultsDir}/loopback_old/latency_summary.json`;
    await Deno.utime(old, 0, 0);
    const { code, stdout, stderr } = await runExample(
      "list_runs.ts",
      resultsDir,
    );
    assertEquals(code, 0, stderr);
    assertEquals(
      stdout,
      "loopback_2: 5 s, p95 75.5 ms\nloopback_1: 5 s, p95 75.5 ms\n",
    );
  }));

Deno.test("compress_runs.ts compresses what is there, once", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    await store.run("a").saveLatencyStats(collectorOfDetections(1));
    // A file of this millisecond is not older than now.
    await new Promise((resolve) => setTimeout(resolve, 20));
    for (const wanted of ["1 compressed\n", "0 compressed\na: it is comp"]) {
      const { code, stdout, stderr } = await runExample(
        "compress_runs.ts",
        resultsDir,
      );
      assertEquals(code, 0, stderr);
      assertStringIncludes(stdout, wanted);
    }
  }));

Deno.test("observe_store.ts saves how the storage did", () =>
  withResultsDir(async (resultsDir) => {
    const { code, stdout, stderr } = await runExample(
      "observe_store.ts",
      resultsDir,
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "lock_wait");
    const store = new RunStore(resultsDir);
    const [runId] = await store.recentRuns({ prefix: "storage_" });
    const metrics = await store.run(runId!).getRunMetrics();
    assertEquals(metrics?.stats.save?.count, 20);
  }));

Deno.test("stream_run.ts recovers what was left, and streams a sound run", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    {
      await using writer = await store.openRun("stream_1");
      await writer.append(collectorOfDetections(3));
    }
    const { code, stdout, stderr } = await runExample(
      "stream_run.ts",
      resultsDir,
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "recovered stream_1\n");
    assertStringIncludes(stdout, ": 500 rows, at most ");
    const [runId] = await store.recentRuns({ incomplete: false });
    assertEquals((await store.run(runId!).verifyRun()).ok, true);
    assertEquals(await store.recentRuns({ incomplete: true }), ["stream_1"]);
  }));

Deno.test("catalog_runs.ts tells recent runs, a history and the largest change", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (const [runId, durationMs] of [["run_1", 50], ["run_2", 75]] as const) {
      await store.run(runId).saveLatencyStats(
        collectorOfDetections(1, durationMs),
      );
    }
    for (let life = 1; life <= 2; life++) {
      const { code, stdout, stderr } = await runExample(
        "catalog_runs.ts",
        resultsDir,
      );
      assertEquals(code, 0, stderr);
      assertEquals(
        stdout,
        "recent: run_2, run_1\n" +
          "run_2: p95 75.0 ms (fresh)\nrun_1: p95 50.0 ms (fresh)\n" +
          "largest change: +50 % from run_1 to run_2\n",
      );
    }
  }));

Deno.test("save_batch.ts saves a sweep as a whole and lists it", () =>
  withResultsDir(async (resultsDir) => {
    const { code, stdout, stderr } = await runExample(
      "save_batch.ts",
      resultsDir,
    );
    assertEquals(code, 0, stderr);
    assertEquals(stdout.split("\n").length, 5, stdout);
    assertStringIncludes(stdout, "saved 3 runs\n");
    const store = new RunStore(resultsDir);
    const runIds = await store.recentRuns();
    assertEquals(runIds.length, 3);
    for (const runId of runIds) {
      assertEquals((await store.run(runId).verifyRun()).problems, []);
    }
  }));

Deno.test("find_changes.ts finds the run that changed, and keeps those since then", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (let i = 0; i < 24; i++) {
      const durationMs = (i < 14 ? 75 : 90) + i % 3;
      const { summary } = await store.run(`run_${i}`).saveLatencyStats(
        collectorOfDetections(9, durationMs),
      );
      await Deno.utime(summary, 1000 + i, 1000 + i);
    }
    const { code, stdout, stderr } = await runExample(
      "find_changes.ts",
      resultsDir,
    );
    assertEquals(code, 0, stderr);
    assertStringIncludes(stdout, "fault_detection: 1 changes in 24 runs");
    assertStringIncludes(stdout, "stable: 10 runs since run_14");
    const { baselines } = store.baselines.read();
    assertEquals(baselines.stable?.length, 10);
  }));
