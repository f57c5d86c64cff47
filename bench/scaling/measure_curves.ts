import { MetricsStorage } from "../../mod.ts";
import { columnsOf } from "../../src/record/latency_collector.ts";
import { runAtOnce } from "../../src/event_loop/sliced.ts";
import { summarize } from "../../src/statistics/summarize.ts";
import { largeRun } from "../lib/data/large_run.ts";
import { makeRunDirectories } from "../lib/data/run_directories.ts";
import { median } from "../lib/measure/bootstrap.ts";
import type { ScalingCurve, ScalingPoint } from "./scaling_curve.ts";

/** What to measure. */
export interface MeasureCurvesOptions {
  /** Sizes of runs, ascending. */
  rows: readonly number[];
  /** Sizes of results directories, ascending. */
  runs: readonly number[];
  /** An empty directory. */
  directory: string;
  onSize: (what: string) => void;
}

const BUDGET_MS = 600;
const MIN_CALLS = 3;
const MAX_CALLS = 300;

async function medianMs(work: () => unknown): Promise<number> {
  await work();
  const timesMs: number[] = [];
  const startMs = performance.now();
  while (
    timesMs.length < MIN_CALLS ||
    timesMs.length < MAX_CALLS && performance.now() - startMs < BUDGET_MS
  ) {
    const callMs = performance.now();
    await work();
    timesMs.push(performance.now() - callMs);
  }
  return median(timesMs);
}

/** Times saving, loading and summarizing runs, and listing directories. */
export async function measureCurves(
  { rows, runs, directory, onSize }: MeasureCurvesOptions,
): Promise<ScalingCurve[]> {
  const saving: ScalingPoint[] = [];
  const loading: ScalingPoint[] = [];
  const summarizing: ScalingPoint[] = [];
  const listing: ScalingPoint[] = [];
  // Up to the size at which the code is compiled, a row costs more.
  await medianMs(() => runAtOnce(summarize(columnsOf(largeRun(50_000)))));
  for (const size of rows) {
    onSize(`${size.toLocaleString("en")} measurements`);
    const collector = largeRun(size);
    const columns = columnsOf(collector).snapshot();
    const storage = new MetricsStorage(`run_${size}`, {
      resultsDir: directory,
      durability: "none",
    });
    saving.push({
      size,
      durationMs: await medianMs(() => storage.saveLatencyStats(collector)),
    });
    loading.push({
      size,
      durationMs: await medianMs(() => storage.loadMeasurements()),
    });
    summarizing.push({
      size,
      durationMs: await medianMs(() => runAtOnce(summarize(columns))),
    });
    await storage.deleteRun();
  }
  for (const size of runs) {
    onSize(`${size.toLocaleString("en")} runs`);
    const resultsDir = await Deno.makeTempDir({ dir: directory });
    await makeRunDirectories(resultsDir, size);
    listing.push({
      size,
      durationMs: await medianMs(() =>
        MetricsStorage.getRecentRuns(resultsDir)
      ),
    });
    await Deno.remove(resultsDir, { recursive: true });
  }
  return [
    { name: "load", unit: "measurements", points: loading },
    { name: "save", unit: "measurements", points: saving },
    { name: "statistics", unit: "measurements", points: summarizing },
    { name: "list", unit: "runs", points: listing },
  ];
}
