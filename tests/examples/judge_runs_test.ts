import { assertEquals, assertStringIncludes } from "@std/assert";
import { fileURLToPath } from "node:url";
import { MetricsStorage } from "@astraguard/hil-metrics";

const RUNS = fileURLToPath(
  new URL("../testdata/bench-runs", import.meta.url),
);

Deno.test("judge_runs.ts judges runs of a results directory, and exits as it judged", async () => {
  const resultsDir = await Deno.makeTempDir();
  try {
    const copy = async (set: string, prefix: string, count: number) => {
      const ids = await MetricsStorage.getRecentRuns(`${RUNS}/${set}`, {
        orderBy: "name",
        limit: count,
      });
      for (const [i, id] of ids.entries()) {
        const from = new MetricsStorage(id, { resultsDir: `${RUNS}/${set}` });
        await new MetricsStorage(`${prefix}${i}`, { resultsDir })
          .saveLatencyStats(await from.loadMeasurements(), {
            labels: { host: "bench-7" },
          });
      }
      return ids.map((_, i) => `${prefix}${i}`);
    };
    const baselines = await copy("unchanged", "before", 10);
    const slower = await copy("decision_plus_30_percent", "after", 3);
    const judged = async (...args: string[]) => {
      const script = fileURLToPath(
        new URL("../../examples/judge_runs.ts", import.meta.url),
      );
      const { code, stdout, stderr } = await new Deno.Command(
        Deno.execPath(),
        { args: ["run", "--allow-read", "--no-lock", script, ...args] },
      ).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      return { code, text: text(stdout) + text(stderr) };
    };
    const regressed = await judged(resultsDir, ...slower, "--", ...baselines);
    assertEquals(regressed.code, 1, regressed.text);
    assertStringIncludes(regressed.text, "agent_decision mean: regressed, +");
    assertStringIncludes(regressed.text, "slower: agent_decision");
    assertStringIncludes(regressed.text, "not interleaved");
    const two = await judged(resultsDir, slower[0]!, "--", baselines[0]!);
    assertEquals(two.code, 3, two.text);
    assertEquals((await judged(resultsDir)).code, 2);
  } finally {
    await Deno.remove(resultsDir, { recursive: true });
  }
});
