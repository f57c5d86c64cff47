import {
  CSV_COLUMNS,
  type Measurement,
} from "../../../src/model/measurement.ts";
import type { MetricStats, RunMetrics } from "../../../src/model/metrics.ts";

type StatsBySatellite = Record<
  string,
  RunMetrics["stats_by_satellite"][string]
>;

function append(
  groups: Record<string, number[]>,
  name: string,
  durationMs: number,
): void {
  (groups[name] ??= []).push(durationMs);
}

function computeStats(durationsMs: number[]): MetricStats {
  const count = durationsMs.length;
  const sorted = durationsMs.toSorted((a, b) => a - b);
  return {
    count,
    mean_ms: durationsMs.reduce((sum, durationMs) => sum + durationMs, 0) /
      count,
    p50_ms: sorted[Math.floor(count / 2)]!,
    p95_ms: sorted[Math.floor(count * 0.95)]!,
    p99_ms: sorted[Math.floor(count * 0.99)]!,
    max_ms: sorted.at(-1)!,
    min_ms: sorted[0]!,
  };
}

function statsByType(durationsMs: Record<string, number[]>) {
  return Object.fromEntries(
    Object.entries(durationsMs).map(([type, ms]) => [type, computeStats(ms)]),
  );
}

/** Python's repr of the numbers that the benchmarks record. */
function pythonFloat(value: number): string {
  return Number.isInteger(value) ? `${value}.0` : String(value);
}

function quote(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}

function csvRow(measurement: Measurement): string {
  return `${pythonFloat(measurement.timestamp)},${
    quote(measurement.metricType)
  },${quote(measurement.satelliteId)},${pythonFloat(measurement.durationMs)},${
    pythonFloat(measurement.scenarioTimeS)
  }\r\n`;
}

/**
 * The original's `LatencyCollector`: an object a measurement. The report left
 * it as it was, so "before" and "after" share it.
 */
export class ObjectCollector {
  /** In recording order. */
  readonly measurements: readonly Measurement[];

  /** Holds the measurements as if each had been recorded. */
  constructor(measurements: readonly Measurement[]) {
    this.measurements = measurements;
  }

  /** Statistics of each metric type, from a sorted copy of its durations. */
  getStats(): Record<string, MetricStats> {
    const byType: Record<string, number[]> = {};
    for (const { metricType, durationMs } of this.measurements) {
      append(byType, metricType, durationMs);
    }
    return statsByType(byType);
  }

  /**
   * Counts and statistics of each type and satellite. Like the original's it
   * does the work of `getStats` a second time.
   */
  getSummary(): Pick<
    RunMetrics,
    "measurement_types" | "stats" | "stats_by_satellite"
  > {
    const counts: Record<string, number> = {};
    const byType: Record<string, number[]> = {};
    const bySatellite: Record<string, Record<string, number[]>> = {};
    for (const { metricType, satelliteId, durationMs } of this.measurements) {
      counts[metricType] = (counts[metricType] ?? 0) + 1;
      append(byType, metricType, durationMs);
      append(bySatellite[satelliteId] ??= {}, metricType, durationMs);
    }
    const statsBySatellite: StatsBySatellite = {};
    for (const [satelliteId, durationsMs] of Object.entries(bySatellite)) {
      statsBySatellite[satelliteId] = Object.fromEntries(
        Object.entries(statsByType(durationsMs)).map((
          [type, { count, mean_ms, p50_ms, p95_ms, max_ms }],
        ) => [type, { count, mean_ms, p50_ms, p95_ms, max_ms }]),
      );
    }
    return {
      measurement_types: counts,
      stats: statsByType(byType),
      stats_by_satellite: statsBySatellite,
    };
  }

  /** Writes `latency_raw.csv`, the bytes the original writes. */
  async exportCsv(path: string): Promise<void> {
    const header = `${CSV_COLUMNS.join(",")}\r\n`;
    await Deno.writeTextFile(
      path,
      header + this.measurements.map(csvRow).join(""),
    );
  }
}
