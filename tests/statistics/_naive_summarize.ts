import type { Measurement } from "../../src/model/measurement.ts";
import type { MetricStats } from "../../src/model/metrics.ts";
import type { RunStatistics } from "../../src/statistics/run_statistics.ts";

function naiveStats(durationsMs: readonly number[]): MetricStats {
  const ascending = durationsMs.toSorted((a, b) => a - b);
  const count = ascending.length;
  return {
    count,
    mean_ms: naiveMean(durationsMs),
    p50_ms: ascending[Math.floor(count / 2)]!,
    p95_ms: ascending[Math.trunc(count * 0.95)]!,
    p99_ms: ascending[Math.trunc(count * 0.99)]!,
    max_ms: ascending[count - 1]!,
    min_ms: ascending[0]!,
  };
}

function naiveMean(durationsMs: readonly number[]): number {
  const sum = durationsMs.reduce((sum, durationMs) => sum + durationMs, 0);
  if (Number.isFinite(sum)) return sum / durationsMs.length;
  // Added up in a scale in which it is finite, it lies within its values.
  const scaled = durationsMs.reduce((sum, ms) => sum + ms * 2 ** -64, 0);
  const mean = scaled / durationsMs.length / 2 ** -64;
  return Math.min(
    Math.max(mean, Math.min(...durationsMs)),
    Math.max(...durationsMs),
  );
}

function durationsBy(
  measurements: readonly NaiveMeasurement[],
  key: "metricType" | "satelliteId",
): Map<string, NaiveMeasurement[]> {
  return Map.groupBy(measurements, (measurement) => measurement[key]);
}

/** What the statistics depend on. */
export type NaiveMeasurement = Pick<
  Measurement,
  "metricType" | "satelliteId" | "durationMs"
>;

/** The definition as it reads: group, add up, sort, index. */
export function naiveSummarize(
  measurements: readonly NaiveMeasurement[],
): RunStatistics {
  const statsByType = (ofGroup: readonly NaiveMeasurement[]) =>
    [...durationsBy(ofGroup, "metricType")].map(([type, ofType]) =>
      [type, naiveStats(ofType.map((each) => each.durationMs))] as const
    );
  return {
    byType: statsByType(measurements),
    bySatellite: [...durationsBy(measurements, "satelliteId")].map((
      [satellite, ofSatellite],
    ) => [
      satellite,
      statsByType(ofSatellite),
    ]),
  };
}
