import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";

const store = new RunStore(Deno.args[0] ?? "demo-results", {
  observe: { alert: (it) => console.warn("the storage is slow:", it) },
});
const collector = new LatencyCollector();
for (let i = 0; i < 20; i++) {
  collector.recordFaultDetection("SAT1", i, 75 + i);
  await store.run("observed").saveLatencyStats(collector);
}

// The storage becomes a run of its own, to be judged like a bench.
const runId = store.newRunId("storage");
await store.run(runId).saveLatencyStats(store.observations!, {
  ifExists: "fail",
});
const metrics = await store.run(runId).getRunMetrics();
console.table(metrics?.stats);
