import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { MetricsStorage } from "@astraguard/hil-metrics";

const ORIGINAL_RUNS = "tests/testdata/astraguard-runs";

/** Starts an example as its task does. */
function start(script: string, ...args: string[]): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=demo", "--no-lock", `examples/${script}`, ...args],
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

async function outputOf(
  child: Deno.ChildProcess,
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return {
    code,
    stdout: decoder.decode(stdout),
    stderr: decoder.decode(stderr),
  };
}

async function withResults(
  check: (resultsDir: string) => Promise<void>,
): Promise<void> {
  const resultsDir = await Deno.makeTempDir();
  try {
    await check(resultsDir);
  } finally {
    await Deno.remove(resultsDir, { recursive: true });
  }
}

/** The runs in a directory, each as its problems and its measurements. */
async function verifiedRuns(resultsDir: string): Promise<string[]> {
  const runIds = await MetricsStorage.getRecentRuns(resultsDir, {
    orderBy: "name",
  });
  for (const runId of runIds) {
    const storage = new MetricsStorage(runId, { resultsDir });
    assertEquals((await storage.verifyRun()).problems, []);
    assert((await storage.getRunMetrics())!.total_measurements > 0);
  }
  return runIds;
}

/** Every file below a directory, with its time and content. */
async function contentsOf(directory: string): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(directory)) {
    const path = `${directory}/${entry.name}`;
    if (entry.isDirectory) found.push(path, ...await contentsOf(path));
    else {
      const { mtime } = await Deno.stat(path);
      found.push(`${path} ${mtime} ${await Deno.readTextFile(path)}`);
    }
  }
  return found.sort();
}

function assertFits(text: string): void {
  for (const line of text.split("\n")) assert(line.length <= 100, line);
  // deno-lint-ignore no-control-regex
  assert(!/[\x00-\x09\x0b-\x1f]/.test(text), "escapes in a pipe");
}

Deno.test("demo saves sound runs and compares the second with the first", () =>
  withResults(async (resultsDir) => {
    const args = ["--seconds", "2", "--results", resultsDir];
    const first = await outputOf(start("demo.ts", ...args));
    assertEquals(first.code, 0, first.stderr);
    const second = await outputOf(start("demo.ts", ...args));
    assertEquals(second.code, 0, second.stderr);

    const [newer, older, ...more] = await verifiedRuns(resultsDir);
    assertEquals(more, []);
    assertStringIncludes(second.stdout, `${newer} compared with ${older}`);
    assert(!first.stdout.includes("compared with"));
    assertFits(second.stdout.replaceAll(resultsDir, ""));

    const storage = new MetricsStorage(newer!, { resultsDir });
    const bySatellite = (await storage.getRunMetrics())!.stats_by_satellite;
    assertEquals(Object.keys(bySatellite).length, 3);
    for (const types of Object.values(bySatellite)) {
      assertEquals(Object.keys(types!), [
        "fault_detection",
        "agent_decision",
        "recovery_action",
      ]);
      // At 10 Hz or faster would be 10; a busy machine may be slower.
      assert(types!.fault_detection!.count >= 3);
    }
  }));

Deno.test({
  name: "demo saves what it has when it is interrupted, even twice",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withResults(async (resultsDir) => {
      const args = ["--seconds", "60", "--results", resultsDir];
      const child = start("demo.ts", ...args);
      const output = outputOf(child);
      await new Promise((resolve) => setTimeout(resolve, 1500));
      child.kill("SIGINT");
      // Later than the first, or the system makes one of the two.
      await new Promise((resolve) => setTimeout(resolve, 5));
      child.kill("SIGINT");
      const { code, stdout, stderr } = await output;
      assertEquals(code, 130, stderr);
      const [runId, ...more] = await verifiedRuns(resultsDir);
      assertEquals(more, []);
      assertStringIncludes(stdout, `Latency of ${runId}`);
      assertStringIncludes(stdout, "Cut short by SIGINT");
    }),
});

Deno.test("demo compares the original's runs and leaves them as they are", async () => {
  const before = await contentsOf(ORIGINAL_RUNS);
  const { code, stdout, stderr } = await outputOf(
    start("demo.ts", ORIGINAL_RUNS),
  );
  assertEquals(code, 0, stderr);
  assertEquals(await contentsOf(ORIGINAL_RUNS), before);
  assertStringIncludes(stdout, "Latency of thermal_cascade_001");
  assertStringIncludes(
    stdout,
    "nominal_formation_002 compared with nominal_formation_001",
  );
  // The means that the two summaries state, and their difference.
  assert(/fault_detection +75\.47 +74\.35 +\+1\.12 +\+1\.51 %/.test(stdout));
  assertFits(stdout);
});

Deno.test("demo lists a damaged run with its error code", () =>
  withResults(async (resultsDir) => {
    await Deno.mkdir(`${resultsDir}/broken_001`);
    await Deno.writeTextFile(
      `${resultsDir}/broken_001/latency_summary.json`,
      "{",
    );
    const { stdout } = await outputOf(start("demo.ts", resultsDir));
    assert(/broken_001 +RUN_DAMAGED/.test(stdout), stdout);
  }));

Deno.test("record_and_compare saves two sound runs and compares them", () =>
  withResults(async (resultsDir) => {
    const child = start("record_and_compare.ts", resultsDir);
    const { code, stdout, stderr } = await outputOf(child);
    assertEquals(code, 0, stderr);
    assertEquals(await verifiedRuns(resultsDir), [
      "digest_sha512",
      "digest_sha1",
    ]);
    assertStringIncludes(stdout, "agent_decision");
  }));
