import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";

const store = new RunStore(Deno.args[0] ?? "demo-results");

// What earlier runs of this script left behind when they were stopped.
for (const runId of await store.recover()) console.log(`recovered ${runId}`);

const runId = `stream_${Date.now()}`;
const frame = new Uint8Array(100_000);
const collector = new LatencyCollector();

await using writer = await store.openRun(runId, {
  labels: { algorithm: "SHA-256" },
});
for (let second = 0; second < 5; second++) {
  for (let i = 0; i < 100; i++) {
    const startMs = performance.now();
    await crypto.subtle.digest("SHA-256", frame);
    const durationMs = performance.now() - startMs;
    collector.recordAgentDecision("SAT1", second + i / 100, durationMs);
  }
  // From here on these survive a crash, and need no memory.
  await writer.append(collector);
  collector.reset();
}
await writer.close();

let longestMs = 0;
for await (const { durationsMs } of store.run(runId).batches()) {
  for (const durationMs of durationsMs) {
    longestMs = Math.max(longestMs, durationMs);
  }
}
console.log(`${runId}: ${writer.length} rows, at most ${longestMs} ms`);
