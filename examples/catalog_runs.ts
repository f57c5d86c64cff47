import { RunStore } from "@astraguard/hil-metrics";
import { RunCatalog } from "@astraguard/hil-metrics/catalog";

const resultsDir = Deno.args[0] ?? "demo-results";
using catalog = RunCatalog.open(resultsDir);

// Makes it the first time, and finds what other programs have added since.
await catalog.refresh();

// The store asks the catalog rather than look at every run.
const store = new RunStore(resultsDir, { catalog });
console.log("recent:", (await store.recentRuns({ limit: 5 })).join(", "));

const of = { metricType: "fault_detection", figure: "p95_ms" } as const;
const { rows, freshness } = await catalog.history({ ...of, limit: 5 });
for (const { runId, valueMs } of rows) {
  console.log(`${runId}: p95 ${valueMs.toFixed(1)} ms (${freshness})`);
}

const { rows: changes } = await catalog.largestChanges({ ...of, limit: 1 });
for (const { runId, beforeRunId, change } of changes) {
  const sign = change > 0 ? "+" : "";
  console.log(
    `largest change: ${sign}${(change * 100).toFixed(0)} % ` +
      `from ${beforeRunId} to ${runId}`,
  );
}
