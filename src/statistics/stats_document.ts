import type { MetricStats, SatelliteStats } from "../measurement.ts";
import type { RunStatistics } from "./run_statistics.ts";

/** How many measurements each metric type has, as an object. */
export function countsByType(
  statistics: RunStatistics,
): Record<string, number> {
  return Object.fromEntries(
    statistics.byType.map(([type, { count }]) => [type, count]),
  );
}

/** Statistics of each metric type, as an object. */
export function statsByType(
  statistics: RunStatistics,
): Record<string, MetricStats> {
  return Object.fromEntries(statistics.byType);
}

/** Statistics of each metric type of each satellite, as an object. */
export function statsBySatellite(
  statistics: RunStatistics,
): Record<string, Record<string, Required<SatelliteStats>>> {
  return Object.fromEntries(
    statistics.bySatellite.map((
      [id, types],
    ) => [id, Object.fromEntries(types)]),
  );
}
