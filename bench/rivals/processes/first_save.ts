/**
 * A process that records a run, saves it and is done.
 *
 * Usage: first_save.ts <rows> <results directory> <run id>
 */
import { LatencyCollector, MetricsStorage } from "../../../mod.ts";
import { smallRun } from "./small_run.ts";

const [rows, resultsDir, runId] = Deno.args as [string, string, string];
const collector = new LatencyCollector();
for (const measurement of smallRun(Number(rows))) collector.record(measurement);
await new MetricsStorage(runId, { resultsDir, durability: "none" })
  .saveLatencyStats(collector);
