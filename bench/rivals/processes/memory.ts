/**
 * Measures the memory that recording, saving and loading take, in a process
 * that does nothing else; prints the bytes of each as JSON.
 *
 * Usage: memory.ts <rows> <results directory>; needs --v8-flags=--expose-gc.
 */
import { MetricsStorage } from "../../../mod.ts";
import { collectGarbage } from "../collect_garbage.ts";
import { largeRun } from "../../lib/data/large_run.ts";

const SAMPLE_EVERY_MS = 1;

/** What is in use: the heap, and what stands outside of it. */
function usedBytes(): number {
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}

function settledBytes(): number {
  for (let i = 0; i < 3; i++) collectGarbage();
  return usedBytes();
}

/** The most that is in use while work goes on, and the resident set. */
async function peaks(work: () => Promise<unknown>) {
  const peak = { usedBytes: 0, rssBytes: 0 };
  const sample = () => {
    peak.usedBytes = Math.max(peak.usedBytes, usedBytes());
    peak.rssBytes = Math.max(peak.rssBytes, Deno.memoryUsage().rss);
  };
  const timer = setInterval(sample, SAMPLE_EVERY_MS);
  await work();
  sample();
  clearInterval(timer);
  return peak;
}

const rows = Number(Deno.args[0]);
const storage = new MetricsStorage("run", {
  resultsDir: Deno.args[1]!,
  durability: "none",
});

// Everything once, so that compiled code and such is not counted.
await storage.saveLatencyStats(largeRun(20_000));
await storage.loadMeasurements();

const emptyBytes = settledBytes();
const collector = largeRun(rows);
const recordedBytes = settledBytes();
const rssBytes = Deno.memoryUsage().rss;
const saving = await peaks(() => storage.saveLatencyStats(collector));

const beforeLoadBytes = settledBytes();
const rssBeforeLoadBytes = Deno.memoryUsage().rss;
let loaded: unknown;
const loading = await peaks(async () => {
  loaded = await storage.loadMeasurements();
});
const columnsBytes = settledBytes() - beforeLoadBytes;

console.log(JSON.stringify({
  perMeasurementBytes: (recordedBytes - emptyBytes) / collector.length,
  saveBytes: saving.usedBytes - recordedBytes,
  saveRssBytes: Math.max(0, saving.rssBytes - rssBytes),
  // Beyond the columns that the load is for; what an earlier peak left
  // resident may be more than that.
  loadBytes: loading.usedBytes - beforeLoadBytes - columnsBytes,
  loadRssBytes: Math.max(
    0,
    loading.rssBytes - rssBeforeLoadBytes - columnsBytes,
  ),
  isLoaded: loaded !== undefined,
}));
