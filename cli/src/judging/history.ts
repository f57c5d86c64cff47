import type {
  ListRunsOptions,
  RunMetrics,
  RunStore,
  SatelliteStats,
} from "@astraguard/hil-metrics";
import {
  type ChangePoint,
  changePoints,
  type HistoryPoint,
} from "@astraguard/hil-metrics/judge";
import { warn } from "../tables/warn.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Figures that a history can be of. */
export type HistoryFigure = "mean" | "p50" | "p95" | "p99" | "max" | "min";

/** A run's figure in a history. */
export interface RunPoint extends HistoryPoint {
  readonly runId: string;
  readonly timestamp: string;
}

/** A figure of a metric over runs, oldest first. */
export interface History {
  readonly metricType: string;
  readonly satelliteId: string | undefined;
  readonly figure: HistoryFigure;
  readonly points: readonly RunPoint[];
  readonly changePoints: readonly ChangePoint[];
}

/** Which histories are wanted. */
export interface HistoryOptions {
  readonly figure: HistoryFigure;
  /**
   * The metric type.
   *
   * @default {undefined} each that was recorded
   */
  readonly metricType?: string | undefined;
  /**
   * The satellite.
   *
   * @default {undefined} all together
   */
  readonly satelliteId?: string | undefined;
  /**
   * The smallest change that counts, as a share.
   *
   * @default {0}
   */
  readonly minMagnitude?: number | undefined;
}

/** Reads the histories of the runs that are listed, but for incomplete ones. */
export async function readHistories(
  store: RunStore,
  listing: ListRunsOptions,
  { figure, metricType, satelliteId, minMagnitude }: HistoryOptions,
  terminal: Terminal,
): Promise<History[]> {
  const runs: RunMetrics[] = [];
  const found = store.runs({
    ...listing,
    incomplete: false,
    onUnreadable: ({ code, message }) => warn(message, terminal, code),
  });
  for await (const { metrics } of found) runs.push(metrics);
  runs.reverse();
  const types = metricType === undefined
    ? [...new Set(runs.flatMap(({ stats }) => Object.keys(stats)))]
    : [metricType];
  return types.map((metricType) => {
    const points = runs.flatMap((run) =>
      pointsOf(run, metricType, satelliteId, figure)
    );
    return {
      ...{ metricType, satelliteId, figure, points },
      changePoints: changePoints(points, { minMagnitude }),
    };
  });
}

function pointsOf(
  { run_id, timestamp, labels, stats, stats_by_satellite }: RunMetrics,
  metricType: string,
  satelliteId: string | undefined,
  figure: HistoryFigure,
): RunPoint[] {
  const group: SatelliteStats | undefined = satelliteId === undefined
    ? stats[metricType]
    : stats_by_satellite[satelliteId]?.[metricType];
  const value = group?.[`${figure}_ms`];
  // A change is a ratio, which nothing has to nothing.
  if (value === undefined || value <= 0) return [];
  return [{ runId: run_id, timestamp, value, labels }];
}
