import type { LatencyCollector } from "@astraguard/hil-metrics";

const EVERY_MS = 100;

const BAR_WIDTH = 24;

/**
 * Rewrites a line with how far it is, if somebody is looking.
 *
 * @returns What ends that.
 */
export function showProgress(
  collector: LatencyCollector,
  seconds: number,
): () => void {
  if (!Deno.stdout.isTerminal()) return () => {};
  const startMs = performance.now();
  const rewrite = (text: string) =>
    Deno.stdout.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
  const timer = setInterval(() => {
    const elapsedS = (performance.now() - startMs) / 1000;
    const filled = Math.round(BAR_WIDTH * Math.min(1, elapsedS / seconds));
    const bar = "█".repeat(filled).padEnd(BAR_WIDTH, "░");
    rewrite(`${bar} ${elapsedS.toFixed(1)} s, ${collector.length} latencies`);
  }, EVERY_MS);
  return () => {
    clearInterval(timer);
    rewrite("");
  };
}
