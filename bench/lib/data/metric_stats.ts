import { METRIC_TYPES } from "../../../src/model/measurement.ts";
import type { MetricStats, RunMetrics } from "../../../src/model/metrics.ts";
import { seededRandom } from "./random.ts";

/**
 * Statistics of this many metric types, in the way they come out of a summary:
 * the original's three first, then made-up ones.
 */
export function metricStats(types: number, seed: number): RunMetrics["stats"] {
  const random = seededRandom(seed);
  const statsOfOne = (): MetricStats => ({
    count: 1000,
    mean_ms: 100 + random(),
    p50_ms: 100 + random(),
    p95_ms: 133 + random(),
    p99_ms: 147 + random(),
    max_ms: 165 + random(),
    min_ms: 35 + random(),
  });
  return Object.fromEntries(
    Array.from(
      { length: types },
      (_, i) => [METRIC_TYPES[i] ?? `metric_${i}`, statsOfOne()],
    ),
  );
}

/** A summary with these statistics and nothing else in it. */
export function summaryOf(stats: RunMetrics["stats"]): RunMetrics {
  return {
    run_id: "run",
    timestamp: "2026-02-09T12:00:00.000000",
    total_measurements: 0,
    measurement_types: {},
    stats,
    stats_by_satellite: {},
  };
}
