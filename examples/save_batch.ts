import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";

const store = new RunStore(Deno.args[0] ?? "demo-results");

// A sweep is of use only as a whole: it is there with all its runs, or not.
const runs = ["SHA-1", "SHA-256", "SHA-512"].map((name) => ({
  runId: store.newRunId(`digest_${name}`),
  collector: new LatencyCollector(),
  labels: { algorithm: name, sweep: "digests" },
}));
const data = crypto.getRandomValues(new Uint8Array(65_536));
const startMs = performance.now();
for (let i = 0; i < 200; i++) {
  for (const { collector, labels } of runs) {
    const beganMs = performance.now();
    await crypto.subtle.digest(labels.algorithm, data);
    const endMs = performance.now();
    collector.recordAgentDecision(
      "SAT1",
      (beganMs - startMs) / 1000,
      endMs - beganMs,
    );
  }
}
const saved = await store.saveRuns(runs, { ifExists: "fail" });
console.log(`saved ${saved.length} runs`);

for await (
  const { metrics } of store.runs({ labels: { sweep: "digests" }, limit: 3 })
) {
  const p95Ms = metrics.stats.agent_decision?.p95_ms.toFixed(3);
  console.log(`${metrics.labels?.algorithm}: p95 ${p95Ms} ms`);
}
