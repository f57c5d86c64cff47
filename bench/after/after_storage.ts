import type { RunMetrics } from "../../src/measurement.ts";
import {
  buildSummary,
  type Comparison,
  type SavedPaths,
} from "../before/before_storage.ts";
import { exists } from "../before/exists.ts";
import type { ObjectCollector } from "../before/object_collector.ts";
import { largestByHeap } from "./largest_by_heap.ts";
import { lookUpOnce } from "./look_up_once.ts";
import { unionOfSets } from "./union_of_sets.ts";

/** A run and when its summary was last written. */
export interface SavedRun {
  name: string;
  savedAtMs: number;
}

/** Every run of a results directory, its summary asked for and then stat'ed. */
export async function listSavedRuns(resultsDir: string): Promise<SavedRun[]> {
  const runs: SavedRun[] = [];
  for await (const { name, isDirectory } of Deno.readDir(resultsDir)) {
    if (!isDirectory) continue;
    const summaryPath = `${resultsDir}/${name}/latency_summary.json`;
    if (!await exists(summaryPath)) continue;
    const { mtime } = await Deno.stat(summaryPath);
    runs.push({ name, savedAtMs: mtime!.getTime() });
  }
  return runs;
}

/**
 * The original's `MetricsStorage` after the report: both files at once, read
 * and catch not-found, the parsed object kept on the instance, a set union,
 * values read once, the newest runs from a heap over every summary's time.
 */
export class AfterStorage {
  readonly runId: string;
  readonly #resultsDir: string;
  readonly #runDir: string;
  #cachedMetrics: RunMetrics | undefined;

  /** Creates the run's directory, as the original does. */
  constructor(runId: string, resultsDir: string) {
    this.runId = runId;
    this.#resultsDir = resultsDir;
    this.#runDir = `${resultsDir}/${runId}`;
    Deno.mkdirSync(this.#runDir, { recursive: true });
  }

  /** Writes the summary and the CSV at the same time. */
  async saveLatencyStats(collector: ObjectCollector): Promise<SavedPaths> {
    const summary = `${this.#runDir}/latency_summary.json`;
    const raw = `${this.#runDir}/latency_raw.csv`;
    const document = buildSummary(this.runId, collector);
    await Promise.all([
      Deno.writeTextFile(summary, JSON.stringify(document, null, 2)),
      collector.exportCsv(raw),
    ]);
    this.#cachedMetrics = undefined;
    return { summary, raw };
  }

  /** Returns the object it parsed last time, or reads the summary. */
  async getRunMetrics(useCache = true): Promise<RunMetrics | null> {
    if (useCache && this.#cachedMetrics) return this.#cachedMetrics;
    try {
      const text = await Deno.readTextFile(
        `${this.#runDir}/latency_summary.json`,
      );
      const metrics: RunMetrics = JSON.parse(text);
      if (useCache) this.#cachedMetrics = metrics;
      return metrics;
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return null;
      throw error;
    }
  }

  /** Puts both summaries side by side; only this run's can be cached. */
  async compareRuns(otherRunId: string): Promise<Comparison> {
    const otherStorage = new AfterStorage(otherRunId, this.#resultsDir);
    const other = await otherStorage.getRunMetrics();
    const own = await this.getRunMetrics();
    if (!own || !other) throw new Error("A run to compare is missing");
    const metrics: Comparison["metrics"] = {};
    for (const type of unionOfSets(own.stats, other.stats)) {
      const ownStats = own.stats[type];
      const otherStats = other.stats[type];
      if (!ownStats || !otherStats) continue;
      metrics[type] = lookUpOnce(ownStats, otherStats);
    }
    return {
      run1: this.runId,
      run2: otherRunId,
      timestamp: new Date().toISOString(),
      metrics,
    };
  }

  /** The `limit` runs saved last, newest first, from a heap. */
  static async getRecentRuns(
    resultsDir: string,
    limit: number,
  ): Promise<string[]> {
    const runs = await listSavedRuns(resultsDir);
    return largestByHeap(runs, limit, (a, b) => a.savedAtMs - b.savedAtMs)
      .map(({ name }) => name);
  }
}
