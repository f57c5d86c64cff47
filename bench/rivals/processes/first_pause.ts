/**
 * Prints for how long the first save of a process holds an event loop that has
 * been going for a while.
 *
 * Usage: first_pause.ts <rows> <results directory> <run id>
 */
import { LatencyCollector, MetricsStorage } from "../../../mod.ts";
import { watchLoop } from "../../lib/measure/watch_loop.ts";
import { smallRun } from "./small_run.ts";

const WARM_UP_MS = 100;

const [rows, resultsDir, runId] = Deno.args as [string, string, string];
const collector = new LatencyCollector();
for (const measurement of smallRun(Number(rows))) collector.record(measurement);
await watchLoop(() =>
  new Promise<void>((resolve) => setTimeout(resolve, WARM_UP_MS))
);
const pauses = await watchLoop(() =>
  new MetricsStorage(runId, { resultsDir, durability: "none" })
    .saveLatencyStats(collector)
);
console.log(JSON.stringify(pauses));
