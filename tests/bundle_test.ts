import { assertEquals } from "@std/assert";
import { fromRoot } from "./_from_root.ts";
import { withResultsDir } from "./_results_dir.ts";

async function deno(
  args: string[],
  options: Deno.CommandOptions,
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    ...options,
  }).output();
  assertEquals(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("the bundle is all that a script elsewhere needs", async () => {
  await withResultsDir(async (elsewhere) => {
    const bundle = `${elsewhere}/hil_metrics.js`;
    await deno(["bundle", "-q", "-o", bundle, "mod.ts"], { cwd: fromRoot() });
    await Deno.writeTextFile(
      `${elsewhere}/bench.js`,
      `import { LatencyCollector, MetricsStorage } from "./hil_metrics.js";
const collector = new LatencyCollector();
collector.recordFaultDetection("SAT1", 0.1, 75.5);
await new MetricsStorage("run_1", { resultsDir: "r" }).saveLatencyStats(collector);
const [run] = await MetricsStorage.getRecentRuns("r");
const { stats } = await new MetricsStorage(run, { resultsDir: "r" }).getRunMetrics();
console.log(run, stats.fault_detection.mean_ms);
`,
    );
    const printed = await deno(
      ["run", "--no-remote", "--no-npm", "-R=.", "-W=.", "bench.js"],
      { cwd: elsewhere, env: { DENO_DIR: `${elsewhere}/cache` } },
    );
    assertEquals(printed, "run_1 75.5\n");
  });
});
