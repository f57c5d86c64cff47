import type { RunMetrics } from "../../../src/model/metrics.ts";
import type { MetricComparison } from "../../../src/model/comparison.ts";
import { compareBefore } from "./compare_stats.ts";
import type { ObjectCollector } from "./object_collector.ts";
import { exists } from "./exists.ts";

/** Where the two files of a saved run stand. */
export interface SavedPaths {
  summary: string;
  raw: string;
}

/** What a comparison comes to, as far as the original writes it. */
export interface Comparison {
  run1: string;
  run2: string;
  timestamp: string;
  metrics: Record<string, MetricComparison>;
}

/** The document of `latency_summary.json` as the original builds it. */
export function buildSummary(
  runId: string,
  collector: ObjectCollector,
): RunMetrics {
  const stats = collector.getStats();
  const summary = collector.getSummary();
  return {
    run_id: runId,
    timestamp: new Date().toISOString(),
    total_measurements: collector.measurements.length,
    measurement_types: summary.measurement_types,
    stats,
    stats_by_satellite: summary.stats_by_satellite,
  };
}

/**
 * The original's `MetricsStorage` before the report, step for step: one file
 * after the other, ask before reading, a set from concatenated lists, a lookup
 * per use, a full sort of the names that stops at `limit`.
 *
 * Reading and listing block, as the original's do and as is fastest here.
 * Writing awaits, so that writing one after the other differs in nothing else
 * from writing both at once.
 */
export class BeforeStorage {
  readonly #runId: string;
  readonly #resultsDir: string;
  readonly #runDir: string;

  /** Creates the run's directory, as the original does. */
  constructor(runId: string, resultsDir: string) {
    this.#runId = runId;
    this.#resultsDir = resultsDir;
    this.#runDir = `${resultsDir}/${runId}`;
    Deno.mkdirSync(this.#runDir, { recursive: true });
  }

  /** Writes the summary, then the CSV. */
  async saveLatencyStats(collector: ObjectCollector): Promise<SavedPaths> {
    const summary = `${this.#runDir}/latency_summary.json`;
    const raw = `${this.#runDir}/latency_raw.csv`;
    const document = buildSummary(this.#runId, collector);
    await Deno.writeTextFile(summary, JSON.stringify(document, null, 2));
    await collector.exportCsv(raw);
    return { summary, raw };
  }

  /** Asks whether the summary exists, then reads it. */
  getRunMetrics(): Promise<RunMetrics | null> {
    const path = `${this.#runDir}/latency_summary.json`;
    return Promise.resolve(
      exists(path) ? JSON.parse(Deno.readTextFileSync(path)) : null,
    );
  }

  /** Reads both summaries and puts them side by side. */
  async compareRuns(otherRunId: string): Promise<Comparison> {
    const otherStorage = new BeforeStorage(otherRunId, this.#resultsDir);
    const other = await otherStorage.getRunMetrics();
    const own = await this.getRunMetrics();
    if (!own || !other) throw new Error("A run to compare is missing");
    return {
      run1: this.#runId,
      run2: otherRunId,
      timestamp: new Date().toISOString(),
      metrics: compareBefore(own.stats, other.stats),
    };
  }

  /** Sorts every name, the last first, and stops at `limit` runs. */
  static getRecentRuns(resultsDir: string, limit: number): string[] {
    const entries = [...Deno.readDirSync(resultsDir)];
    entries.sort((a, b) => a.name < b.name ? 1 : -1);
    const runs: string[] = [];
    for (const { name, isDirectory } of entries) {
      if (!isDirectory) continue;
      if (!exists(`${resultsDir}/${name}/latency_summary.json`)) continue;
      runs.push(name);
      if (runs.length >= limit) break;
    }
    return runs;
  }
}
