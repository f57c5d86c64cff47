import type {
  MetricStats,
  RunMetrics,
  SatelliteStats,
} from "@astraguard/hil-metrics";
import { indexText } from "./index_text.ts";
import { seriesKey } from "./run_to_push.ts";

/** Figures in the order of their columns. */
const FIGURE_COLUMNS = [
  "mean_ms",
  "p50_ms",
  "p95_ms",
  "p99_ms",
  "max_ms",
  "min_ms",
] as const satisfies readonly (keyof MetricStats)[];

/** Rows of the table of series, as columns. */
export interface SeriesRows {
  readonly metricTypes: string[];
  /** Null: all satellites together. */
  readonly satelliteIds: (string | null)[];
  readonly counts: number[];
  /** One column a figure. */
  readonly figures: (number | null)[][];
  /** As PostgreSQL reads bytes: `\x` and hexadecimal digits. */
  readonly sketches: (string | null)[];
}

/** How many rows are sent at once: 2 MB of sketches or so. */
const PAGE_ROWS = 1000;

/** The series that a summary has, over all satellites and of each. */
export function* seriesRows(
  metrics: RunMetrics,
  sketches: ReadonlyMap<string, Uint8Array>,
): Generator<SeriesRows> {
  let rows = noRows();
  for (const [metricType, satelliteId, stats] of allSeries(metrics)) {
    const bytes = satelliteId === null
      ? undefined
      : sketches.get(seriesKey(metricType, satelliteId));
    rows.metricTypes.push(indexText(metricType));
    rows.satelliteIds.push(
      satelliteId === null ? null : indexText(satelliteId),
    );
    rows.counts.push(stats.count);
    FIGURE_COLUMNS.forEach((name, i) => {
      rows.figures[i]!.push(stats[name] ?? null);
    });
    rows.sketches.push(bytes === undefined ? null : `\\x${bytes.toHex()}`);
    if (rows.counts.length === PAGE_ROWS) {
      yield rows;
      rows = noRows();
    }
  }
  if (rows.counts.length > 0) yield rows;
}

function* allSeries(
  { stats, stats_by_satellite }: RunMetrics,
): Generator<[string, string | null, SatelliteStats]> {
  for (const [metricType, it] of Object.entries(stats)) {
    yield [metricType, null, it!];
  }
  for (const [satelliteId, types] of Object.entries(stats_by_satellite)) {
    for (const [metricType, it] of Object.entries(types!)) {
      yield [metricType, satelliteId, it!];
    }
  }
}

function noRows(): SeriesRows {
  return {
    ...{ metricTypes: [], satelliteIds: [], counts: [], sketches: [] },
    figures: FIGURE_COLUMNS.map(() => []),
  };
}
