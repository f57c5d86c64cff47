import { RunStore } from "@astraguard/hil-metrics";

const store = new RunStore(Deno.args[0] ?? "demo-results");
const weekAgo = new Date(Date.now() - 7 * 24 * 3_600_000);

// The whole sessions of the demo in the last week, newest first.
for await (
  const { runId, metrics } of store.runs({
    prefix: "loopback_",
    since: weekAgo,
    labels: { bench: "loopback", complete: "yes" },
    limit: 20,
  })
) {
  const p95Ms = metrics.stats.fault_detection?.p95_ms.toFixed(1);
  console.log(`${runId}: ${metrics.labels?.seconds} s, p95 ${p95Ms} ms`);
}
