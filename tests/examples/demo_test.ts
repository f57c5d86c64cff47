import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
import { fromRoot } from "../_from_root.ts";
import {
  collectorOfDetections,
  ORIGINAL_RUNS_DIR,
  tree,
  withResultsDir,
} from "../_results_dir.ts";
import { type Outcome, runExample, RunningExample } from "./_run_example.ts";

/** Measures for a moment, in which every satellite breaks at least once. */
async function measure(resultsDir: string, seconds = 0.2): Promise<Outcome> {
  const outcome = await runExample(
    "demo.ts",
    ...["--seconds", String(seconds), "--results", resultsDir],
  );
  assertEquals(outcome.stderr, "");
  assertEquals(outcome.code, 0);
  return outcome;
}

/** The runs in a directory, each without a problem. */
async function soundRuns(resultsDir: string): Promise<string[]> {
  const store = new RunStore(resultsDir);
  const runIds = await store.recentRuns({ limit: Infinity });
  for (const runId of runIds) {
    assertEquals((await store.run(runId).verifyRun()).problems, []);
    const metrics = await store.run(runId).getRunMetrics();
    assert(metrics!.total_measurements > 0);
  }
  return runIds;
}

/** Every file below a directory, with its time and content. */
async function contentsOf(directory: string): Promise<string[]> {
  const paths = await tree(directory);
  return await Promise.all(paths.map(async (path) => {
    const { mtime, isFile } = await Deno.stat(`${directory}/${path}`);
    const text = isFile ? await Deno.readTextFile(`${directory}/${path}`) : "";
    return `${path} ${mtime?.getTime()} ${text}`;
  }));
}

function assertFits(text: string): void {
  for (const line of text.split("\n")) assert(line.length <= 80, line);
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f]/.test(text), "escapes in a pipe");
}

/** The first column of the list of runs. */
function listedIn(stdout: string): string[] {
  const list = /newest first.*\n.*\n((?:.+\n)+)/.exec(stdout)![1]!;
  return list.trimEnd().split("\n").map((line) => line.split(" ")[0]!);
}

Deno.test("demo saves sound runs and compares the second with the first", () =>
  withResultsDir(async (resultsDir) => {
    const first = await measure(resultsDir);
    const second = await measure(resultsDir);
    const [newer, older, ...more] = await soundRuns(resultsDir);
    assertEquals(more, []);
    assertStringIncludes(
      second.stdout,
      `${newer}, in milliseconds\ncompared with ${older}`,
    );
    assert(!first.stdout.includes("compared with"));
    assertEquals(listedIn(second.stdout), [newer, older]);
    assertEquals(first.stdout.split("\n")[0]!.split(" ")[0], "Measuring");
    assertFits(second.stdout.replaceAll(resultsDir, ""));

    const metrics = await new RunStore(resultsDir).run(newer!).getRunMetrics();
    const bySatellite = Object.values(metrics!.stats_by_satellite);
    assertEquals(bySatellite.length, 3);
    for (const types of bySatellite) {
      assertEquals(Object.keys(types!), [
        "fault_detection",
        "agent_decision",
        "recovery_action",
      ]);
    }
  }));

Deno.test("demo compares a run only with those measured for as long", () =>
  withResultsDir(async (resultsDir) => {
    await measure(resultsDir, 0.2);
    const [first] = await soundRuns(resultsDir);
    const longer = await measure(resultsDir, 0.3);
    assert(!longer.stdout.includes("compared with"));
    const again = await measure(resultsDir, 0.2);
    assertStringIncludes(again.stdout, `compared with ${first}`);
  }));

Deno.test("demo keeps both of two sessions that begin and end together", () =>
  withResultsDir(async (resultsDir) => {
    await Promise.all([measure(resultsDir), measure(resultsDir)]);
    assertEquals((await soundRuns(resultsDir)).length, 2);
  }));

Deno.test({
  name: "demo saves what it has when it is interrupted, even twice",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withResultsDir(async (resultsDir) => {
      const args = ["--seconds", "60", "--results", resultsDir];
      const demo = new RunningExample("demo.ts", ...args);
      await demo.says("Measuring for 60 s");
      demo.kill("SIGINT");
      await demo.says("Stopped by SIGINT");
      demo.kill("SIGINT");
      const { code, stdout, stderr } = await demo.outcome();
      assertEquals(code, 130, stderr);
      const [runId, ...more] = await soundRuns(resultsDir);
      assertEquals(more, []);
      assertStringIncludes(stdout, `Latency of ${runId}`);
    }),
});

Deno.test("demo finds out that it cannot save before it measures", () =>
  withResultsDir(async (resultsDir) => {
    const file = `${resultsDir}/file`;
    await Deno.writeTextFile(file, "");
    const { code, stdout, stderr } = await runExample(
      "demo.ts",
      ...["--seconds", "60", "--results", file],
    );
    assertEquals(code, 1);
    assertEquals(stdout, "");
    assertStringIncludes(stderr, file);
  }));

Deno.test({
  name: "demo names commands that work as they are printed",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withResultsDir(async (directory) => {
      const resultsDir = `${directory}/it's mine`;
      const { stdout } = await measure(resultsDir);
      const [, next] = stdout.split("\nNext\n");
      const commands = next!.trimEnd().split("\n")
        .filter((line) => !line.startsWith("#"));
      assertEquals(commands.length, 4);
      const deno = Deno.execPath().replace(/[^/]*$/, "");
      for (const command of commands) {
        const { success, stderr } = await new Deno.Command("sh", {
          args: ["-c", command],
          cwd: fromRoot(),
          env: { PATH: `${deno}:${Deno.env.get("PATH")}` },
        }).output();
        assert(success, command + new TextDecoder().decode(stderr));
      }
      // The demo's first and second, and those of record_and_compare.ts.
      assertEquals((await soundRuns(resultsDir)).length, 4);
    }),
});

Deno.test("demo compares the original's runs of one kind and leaves them as they are", async () => {
  const before = await contentsOf(ORIGINAL_RUNS_DIR);
  const { code, stdout, stderr } = await runExample(
    "demo.ts",
    ORIGINAL_RUNS_DIR,
  );
  assertEquals(code, 0, stderr);
  assertEquals(await contentsOf(ORIGINAL_RUNS_DIR), before);
  assertEquals(listedIn(stdout), [
    "thermal_cascade_001",
    "nominal_formation_003_slow_decision",
    "nominal_formation_002",
    "nominal_formation_001",
  ]);
  assertEquals(stdout.match(/^compared with .*$/gm), [
    "compared with nominal_formation_002",
    "compared with nominal_formation_001",
  ]);
  // The means that the two summaries state, and their difference.
  assert(/fault_detection +75\.47 +74\.35 +\+1\.12 +\+1\.5 %/.test(stdout));
  assertFits(stdout);
});

Deno.test("demo lists the newest runs by their time, whatever their names and files say", () =>
  withResultsDir(async (resultsDir) => {
    let timeS = 1_770_645_801;
    const store = new RunStore(resultsDir, { clock: () => timeS++ });
    for (let i = 1; i <= 12; i++) {
      await store.run(`run_${i}`).saveLatencyStats(collectorOfDetections(1));
    }
    // As a copy has.
    const touched = `${resultsDir}/run_2/latency_summary.json`;
    await Deno.utime(touched, 2 ** 31, 2 ** 31);
    const { stdout } = await runExample("demo.ts", resultsDir);
    assertEquals(
      listedIn(stdout),
      Array.from({ length: 10 }, (_, i) => `run_${12 - i}`),
    );
    assertStringIncludes(stdout, "10 of 12");
    assertStringIncludes(stdout, "Latency of run_12");
  }));

Deno.test("demo compares runs in a directory only where their labels are equal", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (
      const [runId, firmware] of [["a_1", "2"], ["a_2", "1"], ["a_3", "2"]]
    ) {
      await store.run(runId!).saveLatencyStats(collectorOfDetections(1), {
        labels: { firmware: firmware! },
      });
    }
    const { stdout } = await runExample("demo.ts", resultsDir);
    assertEquals(stdout.match(/^compared with .*$/gm), ["compared with a_1"]);
  }));

Deno.test("demo tells which runs cannot be read", () =>
  withResultsDir(async (resultsDir) => {
    await Deno.mkdir(`${resultsDir}/broken_001`);
    await Deno.writeTextFile(
      `${resultsDir}/broken_001/latency_summary.json`,
      "{",
    );
    const store = new RunStore(resultsDir);
    await store.run("sound").saveLatencyStats(new LatencyCollector());
    const { code, stdout } = await runExample("demo.ts", resultsDir);
    assertEquals(code, 0);
    assertEquals(listedIn(stdout), ["sound"]);
    assert(/^RUN_DAMAGED: .*"broken_001"/m.test(stdout), stdout);
  }));

Deno.test("demo says that a directory is missing, or has no runs", () =>
  withResultsDir(async (resultsDir) => {
    for (
      const [dir, message] of [
        [`${resultsDir}/missing`, "There is no such directory:"],
        [resultsDir, "There are no runs in"],
      ]
    ) {
      const { code, stdout, stderr } = await runExample("demo.ts", dir!);
      assertEquals([code, stdout], [1, ""]);
      assertEquals(stderr, `${message} ${dir}\n`);
    }
  }));
