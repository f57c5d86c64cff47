import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
import type { RunCatalog } from "@astraguard/hil-metrics/catalog";
import { assertEquals } from "@std/assert";

/** Measurements of one duration. */
export function collectorOf(
  durationMs: number,
  metricType = "fault_detection",
): LatencyCollector {
  const collector = new LatencyCollector({ clock: () => 1_770_645_801 });
  collector.record({
    metricType,
    satelliteId: "SAT1",
    durationMs,
    scenarioTimeS: 1,
  });
  return collector;
}

/** A store that promises nothing of power failures, for speed. */
export function fastStore(resultsDir: string): RunStore {
  return new RunStore(resultsDir, { durability: "none" });
}

/** Saves a run by a store that knows no catalog. */
export async function saveRun(
  resultsDir: string,
  runId: string,
  durationMs = 75,
): Promise<void> {
  await fastStore(resultsDir).run(runId)
    .saveLatencyStats(collectorOf(durationMs));
}

/** A figure of every run by the summaries themselves, newest first. */
export async function figuresByListing(
  resultsDir: string,
): Promise<[string, number][]> {
  const found: [string, number][] = [];
  const runs = new RunStore(resultsDir).runs({ onUnreadable: () => {} });
  for await (const { runId, metrics } of runs) {
    const figures = metrics.stats.fault_detection;
    if (figures !== undefined) found.push([runId, figures.p95_ms]);
  }
  return found;
}

/** The same by the catalog. */
export async function figuresByCatalog(
  catalog: RunCatalog,
  options: { revalidate?: boolean } = {},
): Promise<{ figures: [string, number][]; freshness: string }> {
  const { rows, freshness } = await catalog.history({
    metricType: "fault_detection",
    figure: "p95_ms",
    ...options,
  });
  return {
    figures: rows.map(({ runId, valueMs }) => [runId, valueMs]),
    freshness,
  };
}

/** Requires that a catalog says that it is fresh, and is right. */
export async function assertFresh(
  catalog: RunCatalog,
  freshness = "fresh",
): Promise<void> {
  const { resultsDir } = catalog;
  const found = await figuresByCatalog(catalog);
  assertEquals(found.freshness, freshness);
  assertEquals(found.figures, await figuresByListing(resultsDir));
  const { rows } = await catalog.recentRuns({ limit: Infinity });
  const listed = await new RunStore(resultsDir).recentRuns({ limit: Infinity });
  assertEquals(rows.map((it) => it.runId), listed);
}
