/**
 * Finds since which runs a figure has been another, per metric type, and keeps
 * the runs since then as the baseline "stable".
 *
 *     deno run --allow-read=DIR --allow-write=DIR examples/find_changes.ts DIR
 *
 * @module
 */
import { type RunMetrics, RunStore } from "@astraguard/hil-metrics";
import { changePoints } from "@astraguard/hil-metrics/judge";

const [resultsDir] = Deno.args;
if (resultsDir === undefined) {
  console.error("Usage: find_changes.ts DIR");
  Deno.exit(2);
}
const store = new RunStore(resultsDir);
const runs: RunMetrics[] = [];
for await (const { metrics } of store.runs({ incomplete: false, limit: 200 })) {
  runs.push(metrics);
}
// A listing has the newest first, a history the oldest.
runs.reverse();
let stableSince = 0;
for (const type of new Set(runs.flatMap(({ stats }) => Object.keys(stats)))) {
  const points = runs.flatMap(({ run_id, timestamp, labels, stats }) => {
    const value = stats[type]?.p50_ms;
    return value ? [{ runId: run_id, timestamp, labels, value }] : [];
  });
  const changes = changePoints(points, { minMagnitude: 0.05 });
  console.log(`${type}: ${changes.length} changes in ${points.length} runs`);
  for (const { runId, text } of changes) {
    console.log(`  ${text}`);
    const index = runs.findIndex(({ run_id }) => run_id === runId);
    stableSince = Math.max(stableSince, index);
  }
}
const stable = runs.slice(stableSince).map(({ run_id }) => run_id);
if (stable.length > 0) await store.baselines.name("stable", stable);
console.log(`stable: ${stable.length} runs since ${stable[0] ?? "never"}`);
