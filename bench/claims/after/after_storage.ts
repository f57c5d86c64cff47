import type { RunMetrics } from "../../../src/model/metrics.ts";
import {
  buildSummary,
  type Comparison,
  type SavedPaths,
} from "../before/before_storage.ts";
import { compareAfter } from "./compare_stats.ts";
import { exists } from "../before/exists.ts";
import type { ObjectCollector } from "../before/object_collector.ts";
import { largestByHeap } from "./largest_by_heap.ts";

/** A run and when its summary was last written. */
export interface SavedRun {
  name: string;
  savedAtMs: number;
}

/** Every run of a results directory, its summary asked for, then looked at. */
export function listSavedRuns(resultsDir: string): SavedRun[] {
  const runs: SavedRun[] = [];
  for (const { name, isDirectory } of Deno.readDirSync(resultsDir)) {
    if (!isDirectory) continue;
    const summaryPath = `${resultsDir}/${name}/latency_summary.json`;
    if (!exists(summaryPath)) continue;
    const { mtime } = Deno.statSync(summaryPath);
    runs.push({ name, savedAtMs: mtime!.getTime() });
  }
  return runs;
}

/**
 * The original's `MetricsStorage` after the report: both files at once, read
 * and catch not-found, the parsed object kept on the instance, a set union,
 * values read once, the newest runs from a heap over every summary's time.
 *
 * It blocks and awaits where `BeforeStorage` does.
 */
export class AfterStorage {
  readonly #runId: string;
  readonly #resultsDir: string;
  readonly #runDir: string;
  #cachedMetrics: RunMetrics | undefined;

  /** Creates the run's directory, as the original does. */
  constructor(runId: string, resultsDir: string) {
    this.#runId = runId;
    this.#resultsDir = resultsDir;
    this.#runDir = `${resultsDir}/${runId}`;
    Deno.mkdirSync(this.#runDir, { recursive: true });
  }

  /** Writes the summary and the CSV at the same time. */
  async saveLatencyStats(collector: ObjectCollector): Promise<SavedPaths> {
    const summary = `${this.#runDir}/latency_summary.json`;
    const raw = `${this.#runDir}/latency_raw.csv`;
    const document = buildSummary(this.#runId, collector);
    await Promise.all([
      Deno.writeTextFile(summary, JSON.stringify(document, null, 2)),
      collector.exportCsv(raw),
    ]);
    this.#cachedMetrics = undefined;
    return { summary, raw };
  }

  /** Returns the object it parsed last time, or reads the summary. */
  getRunMetrics(useCache = true): Promise<RunMetrics | null> {
    if (useCache && this.#cachedMetrics) {
      return Promise.resolve(this.#cachedMetrics);
    }
    try {
      const metrics: RunMetrics = JSON.parse(
        Deno.readTextFileSync(`${this.#runDir}/latency_summary.json`),
      );
      if (useCache) this.#cachedMetrics = metrics;
      return Promise.resolve(metrics);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return Promise.resolve(null);
      throw error;
    }
  }

  /** Puts both summaries side by side; only this run's can be cached. */
  async compareRuns(otherRunId: string): Promise<Comparison> {
    const otherStorage = new AfterStorage(otherRunId, this.#resultsDir);
    const other = await otherStorage.getRunMetrics();
    const own = await this.getRunMetrics();
    if (!own || !other) throw new Error("A run to compare is missing");
    return {
      run1: this.#runId,
      run2: otherRunId,
      timestamp: new Date().toISOString(),
      metrics: compareAfter(own.stats, other.stats),
    };
  }

  /** The `limit` runs saved last, newest first, from a heap. */
  static getRecentRuns(resultsDir: string, limit: number): string[] {
    return largestByHeap(
      listSavedRuns(resultsDir),
      limit,
      (a, b) => a.savedAtMs - b.savedAtMs,
    ).map(({ name }) => name);
  }
}
