import type { ISql, PendingQuery } from "postgres";
import type { FigureName } from "../model/figure_name.ts";
import { type AskedServer, askServers } from "./_ask_servers.ts";
import { requireCount, requireFigure } from "./_checks.ts";
import { requireSeries } from "./history.ts";
import { outlierThreshold, robustScale } from "./robust_scale.ts";
import { ofSatellite, type RunFilter, seriesOf } from "./run_filter.ts";

/** Which figure of benches is compared, over which runs. */
export interface OutliersOptions extends RunFilter {
  /** What was measured, such as `"fault_detection"`. */
  readonly metricType: string;
  /** Which figure of it. */
  readonly figure: FigureName;
  /**
   * On which satellite.
   *
   * @default over all satellites
   */
  readonly satelliteId?: string | undefined;
  /**
   * Benches with fewer runs are left out: a whole number from 1.
   *
   * @default {3}
   */
  readonly minRuns?: number | undefined;
}

/** A bench beside the others. */
export interface BenchFigure {
  /** The bench. */
  readonly benchId: string;
  /** The median of the figure over its runs, in milliseconds. */
  readonly valueMs: number;
  /** How many runs that is of. */
  readonly runCount: number;
  /**
   * How far it is from the median of benches, in scales; above 0 where it is
   * slower.
   */
  readonly deviation: number;
}

/** Which benches differ from the others. */
export interface BenchOutliers {
  /** Those that do, the farthest first. */
  readonly outliers: readonly BenchFigure[];
  /** How many benches were compared. */
  readonly benchCount: number;
  /** Benches that were left out, since they have too few runs. */
  readonly fewRunsCount: number;
  /** The median of the benches' values; `undefined` without any. */
  readonly medianMs: number | undefined;
  /** 1.4826 times the median distance from it. */
  readonly scaleMs: number | undefined;
  /** How many scales from the median an outlier is, at least. */
  readonly threshold: number | undefined;
  /** Why no bench can be called an outlier; `undefined` where one could be. */
  readonly undecided: string | undefined;
}

/** Benches that are enough to say what is usual. */
export const MIN_BENCHES = 10;

interface FigureRow {
  readonly bench_id: string;
  readonly value: number;
  readonly runs: number;
}

/**
 * The benches whose figure is far from those of the others.
 *
 * Takes some microseconds a run in the server.
 *
 * @throws {RangeError} A number or date is out of its range.
 * @throws {TypeError} Something is of the wrong type.
 */
export async function outliers(
  servers: readonly AskedServer[],
  options: OutliersOptions,
): Promise<BenchOutliers> {
  const { minRuns = 3, ...wanted } = options;
  requireSeries(wanted);
  requireFigure(wanted.figure);
  requireCount("minRuns", minRuns, 1);
  const rows: FigureRow[] = [];
  let fewRunsCount = 0;
  await askServers(servers, (sql) => benchFiguresQuery(sql, wanted), (row) => {
    if (row.runs < minRuns) fewRunsCount++;
    else rows.push(row);
  });
  return { ...await compareBenches(rows), fewRunsCount };
}

/** The question to one server. */
export function benchFiguresQuery(
  sql: ISql,
  { metricType, figure, satelliteId, ...filter }: OutliersOptions,
): PendingQuery<FigureRow[]> {
  const satellite = ofSatellite(sql, satelliteId);
  const column = sql(`s.${figure}`);
  return sql<FigureRow[]>`
    select s.bench_id, count(*)::float8 as runs,
      percentile_cont(0.5) within group (order by ${column}) as value
    from ${seriesOf(sql, metricType, satellite, filter)}
      and ${column} is not null
    group by s.bench_id`;
}

async function compareBenches(
  rows: readonly FigureRow[],
): Promise<Omit<BenchOutliers, "fewRunsCount">> {
  const benchCount = rows.length;
  const none = {
    ...{ outliers: [], benchCount, medianMs: undefined, scaleMs: undefined },
    threshold: undefined,
  };
  if (benchCount === 0) return { ...none, undecided: "there are no benches" };
  const { median, scale } = await robustScale(
    rows.map(({ value }) => value),
  );
  const found = { ...none, medianMs: median, scaleMs: scale };
  if (benchCount < MIN_BENCHES) {
    const undecided =
      `${benchCount} benches are too few to say what is usual: it takes ${MIN_BENCHES}`;
    return { ...found, undecided };
  }
  if (scale === 0) {
    const undecided = "more than half of the benches have the same value";
    return { ...found, undecided };
  }
  const threshold = outlierThreshold(benchCount);
  const outliers: BenchFigure[] = [];
  for (const { bench_id, value, runs } of rows) {
    const deviation = (value - median) / scale;
    if (Math.abs(deviation) <= threshold) continue;
    outliers.push({
      ...{ benchId: bench_id, valueMs: value, runCount: runs, deviation },
    });
  }
  outliers.sort((a, b) =>
    Math.abs(b.deviation) - Math.abs(a.deviation) ||
    (a.benchId < b.benchId ? -1 : 1)
  );
  return { ...found, outliers, threshold, undecided: undefined };
}
