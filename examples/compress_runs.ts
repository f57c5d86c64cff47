import { RunStore } from "@astraguard/hil-metrics";
import { zstd } from "@astraguard/hil-metrics/zstd";

// New runs are compressed as they are saved, older ones now; both are read by
// whoever hands the codec in.
const store = new RunStore(Deno.args[0] ?? "demo-results", {
  compression: zstd,
});
const { compressed, skipped } = await store.compressRuns({
  olderThan: new Date(),
});
console.log(`${compressed.length} compressed`);
for (const { runId, reason } of skipped) console.log(`${runId}: ${reason}`);
