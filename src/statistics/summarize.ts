import type { ColumnsView } from "../columns/measurement_columns.ts";
import { rowsInBlock } from "../columns/measurement_columns.ts";
import type { MetricStats, SatelliteStats } from "../measurement.ts";
import type { Sliced } from "../sliced.ts";
import { quantileRank } from "./quantile.ts";

/**
 * The statistics of a run, in the order in which metric types and satellites
 * first appear. Pairs rather than objects, since an object would reorder ids
 * such as `"7"` and swallow `"__proto__"`.
 */
export interface RunStatistics {
  /** Each metric type over all satellites. */
  readonly byType: readonly (readonly [string, MetricStats])[];
  /** Each satellite and, within it, each of its metric types. */
  readonly bySatellite: readonly (readonly [
    string,
    readonly (readonly [string, Required<SatelliteStats>])[],
  ])[];
}

function statsOf(durationsMs: number[]): MetricStats {
  let sumMs = 0;
  for (const durationMs of durationsMs) sumMs += durationMs;
  const count = durationsMs.length;
  const ascending = Float64Array.from(durationsMs).sort();
  return {
    count,
    mean_ms: sumMs / count,
    p50_ms: ascending[quantileRank(count, 0.5)]!,
    p95_ms: ascending[quantileRank(count, 0.95)]!,
    p99_ms: ascending[quantileRank(count, 0.99)]!,
    max_ms: ascending[count - 1]!,
    min_ms: ascending[0]!,
  };
}

/** Computes the statistics of every metric type and satellite. */
export function* summarize(columns: ColumnsView): Sliced<RunStatistics> {
  const ofType = new Map<string, number[]>();
  const ofSeries = columns.series.map((): number[] => []);
  for (const [index, block] of columns.blocks.entries()) {
    const rows = rowsInBlock(columns, index);
    for (let row = 0; row < rows; row++) {
      const code = block.seriesCodes[row]!;
      const durationMs = block.durationsMs[row]!;
      const { metricType } = columns.series[code]!;
      let durationsMs = ofType.get(metricType);
      if (durationsMs === undefined) ofType.set(metricType, durationsMs = []);
      durationsMs.push(durationMs);
      ofSeries[code]!.push(durationMs);
    }
    yield;
  }
  const bySatellite = new Map<string, [string, Required<SatelliteStats>][]>();
  for (const [code, durationsMs] of ofSeries.entries()) {
    if (durationsMs.length === 0) continue;
    const { metricType, satelliteId } = columns.series[code]!;
    const { count, mean_ms, p50_ms, p95_ms, max_ms, p99_ms, min_ms } = statsOf(
      durationsMs,
    );
    let types = bySatellite.get(satelliteId);
    if (types === undefined) bySatellite.set(satelliteId, types = []);
    types.push([
      metricType,
      { count, mean_ms, p50_ms, p95_ms, max_ms, p99_ms, min_ms },
    ]);
    yield;
  }
  return {
    byType: [...ofType].map(([type, durationsMs]) => [
      type,
      statsOf(durationsMs),
    ]),
    bySatellite: [...bySatellite],
  };
}
