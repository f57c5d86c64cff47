import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";

const store = new RunStore(Deno.args[0] ?? "demo-results");
const frame = new Uint8Array(1_000_000);

for (const algorithm of ["SHA-1", "SHA-512"]) {
  const collector = new LatencyCollector();
  for (let i = 0; i < 100; i++) {
    const startMs = performance.now();
    await crypto.subtle.digest(algorithm, frame);
    const durationMs = performance.now() - startMs;
    collector.recordAgentDecision("SAT1", i / 10, durationMs);
  }
  await store.run(`digest_${algorithm}`).saveLatencyStats(collector, {
    labels: { algorithm },
  });
}

const comparison = await store.compareRuns("digest_SHA-512", "digest_SHA-1");
console.table(comparison.metrics);
