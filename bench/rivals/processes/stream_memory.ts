/**
 * Measures the memory that streaming a run and closing it takes, in a process
 * that does nothing else; prints the bytes as JSON.
 *
 * Usage: stream_memory.ts <rows> <results directory>; needs
 * --v8-flags=--expose-gc.
 */
import { LatencyCollector, RunStore } from "../../../mod.ts";
import { normal, seededRandom } from "../../lib/data/random.ts";
import { collectGarbage } from "../collect_garbage.ts";

const SERIES = 1000;
const BATCH_ROWS = 10_000;
const SAMPLE_EVERY_MS = 1;

const rows = Number(Deno.args[0]);
const store = new RunStore(Deno.args[1]!, { durability: "none" });
const random = seededRandom(1);
const peak = { usedBytes: 0, rssBytes: 0 };

function look(): void {
  const { heapUsed, external, rss } = Deno.memoryUsage();
  peak.usedBytes = Math.max(peak.usedBytes, heapUsed + external);
  peak.rssBytes = Math.max(peak.rssBytes, rss);
}

async function stream(runId: string, rows: number): Promise<void> {
  await using writer = await store.openRun(runId);
  const collector = new LatencyCollector();
  for (let row = 0; row < rows;) {
    for (const end = Math.min(rows, row + BATCH_ROWS); row < end; row++) {
      collector.record({
        timestamp: 1_770_624_000 + row / 10,
        metricType: `type_${row % 4}`,
        satelliteId: `SAT${row % SERIES >> 2}`,
        durationMs: Math.abs(normal(random, 100, 20)),
        scenarioTimeS: row / 10,
      });
    }
    await writer.append(collector);
    collector.reset();
    look();
  }
  await writer.close();
}

// Everything once, so that compiled code and such is not counted.
await stream("first", 20_000);
for (let i = 0; i < 3; i++) collectGarbage();
const { heapUsed, external, rss } = Deno.memoryUsage();
const timer = setInterval(look, SAMPLE_EVERY_MS);
await stream("run", rows);
clearInterval(timer);
const metrics = await store.run("run").getRunMetrics();
if (metrics?.total_measurements !== rows) throw new Error("rows are missing");

console.log(JSON.stringify({
  usedBytes: peak.usedBytes - heapUsed - external,
  rssBytes: Math.max(0, peak.rssBytes - rss),
}));
