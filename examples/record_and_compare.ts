import { LatencyCollector, MetricsStorage } from "@astraguard/hil-metrics";

const resultsDir = Deno.args[0] ?? "demo-results";
const frame = new Uint8Array(1_000_000);

for (const runId of ["digest_sha1", "digest_sha512"]) {
  const collector = new LatencyCollector();
  const algorithm = runId === "digest_sha1" ? "SHA-1" : "SHA-512";
  for (let i = 0; i < 100; i++) {
    const startMs = performance.now();
    await crypto.subtle.digest(algorithm, frame);
    const durationMs = performance.now() - startMs;
    collector.recordAgentDecision("SAT1", i / 10, durationMs);
  }
  await new MetricsStorage(runId, { resultsDir }).saveLatencyStats(collector);
}

const storage = new MetricsStorage("digest_sha512", { resultsDir });
console.table((await storage.compareRuns("digest_sha1")).metrics);
