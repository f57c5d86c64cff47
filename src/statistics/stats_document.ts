import type {
  ByMetricType,
  BySatellite,
  MetricStats,
} from "../model/metrics.ts";
import type { RunStatistics } from "./run_statistics.ts";

/** How many measurements each metric type has, as an object. */
export function countsByType(statistics: RunStatistics): ByMetricType<number> {
  return Object.fromEntries(
    statistics.byType.map(([type, { count }]) => [type, count]),
  );
}

/** Statistics of each metric type, as an object. */
export function statsByType(
  statistics: RunStatistics,
): ByMetricType<MetricStats> {
  return Object.fromEntries(statistics.byType);
}

/** Statistics of each satellite and its metric types, as an object. */
export function statsBySatellite(
  statistics: RunStatistics,
): BySatellite<ByMetricType<MetricStats>> {
  return Object.fromEntries(
    statistics.bySatellite.map((
      [id, types],
    ) => [id, Object.fromEntries(types)]),
  );
}
