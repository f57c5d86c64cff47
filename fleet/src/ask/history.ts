import type { ISql, PendingQuery } from "postgres";
import type { FigureName } from "../model/figure_name.ts";
import { originalText } from "../push/index_text.ts";
import { type AskedServer, askInOrder } from "./_ask_servers.ts";
import { requireCount, requireFigure, requireString } from "./_checks.ts";
import {
  microseconds,
  ofSatellite,
  requireFilter,
  type RunFilter,
  seriesOf,
} from "./run_filter.ts";

/** Which figure, of which runs. */
export interface HistoryOptions extends RunFilter {
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
   * How many points at most, the newest: a whole number from 0, or `Infinity`.
   *
   * @default {Infinity}
   */
  readonly limit?: number | undefined;
}

/** A figure of a run. */
export interface FleetPoint {
  /** The bench. */
  readonly benchId: string;
  /** The run. */
  readonly runId: string;
  /** When it was saved, by the clock of the bench, cut to milliseconds. */
  readonly savedAt: Date;
  /** The figure, in milliseconds. */
  readonly valueMs: number;
  /** How many measurements it is of. */
  readonly count: number;
}

interface TimedPoint {
  readonly point: FleetPoint;
  readonly atUs: number;
}

interface PointRow {
  readonly bench_id: string;
  readonly run_id: string;
  readonly at: number;
  readonly value: number;
  readonly count: number;
}

/**
 * A figure of each run that has it, the newest first, ties by bench and then by
 * id.
 *
 * @throws {RangeError} A number or date is out of its range.
 * @throws {TypeError} Something is of the wrong type.
 */
export async function history(
  servers: readonly AskedServer[],
  options: HistoryOptions,
): Promise<FleetPoint[]> {
  const { limit = Infinity } = options;
  requireSeries(options);
  requireFigure(options.figure);
  requireCount("limit", limit, 0);
  const timed = await askInOrder(
    servers,
    (sql) => historyQuery(sql, { ...options, limit }),
    { read: timedPoint, compare: byTime, limit },
  );
  return timed.map(({ point }) => point);
}

/**
 * Checks which series are asked for.
 *
 * @throws {RangeError} A date is invalid.
 * @throws {TypeError} Something is of the wrong type.
 */
export function requireSeries(
  options: RunFilter & { metricType: string; satelliteId?: string | undefined },
): void {
  requireString("metricType", options.metricType);
  if (options.satelliteId !== undefined) {
    requireString("satelliteId", options.satelliteId);
  }
  requireFilter(options);
}

/** The question to one server. */
export function historyQuery(
  sql: ISql,
  options: HistoryOptions & { limit: number },
): PendingQuery<PointRow[]> {
  const { metricType, figure, satelliteId, limit, ...filter } = options;
  const satellite = ofSatellite(sql, satelliteId);
  const column = sql(`s.${figure}`);
  return sql<PointRow[]>`
    select s.bench_id, s.run_id, ${microseconds(sql, "s")} as at,
      ${column} as value, s.count::float8 as count
    from ${seriesOf(sql, metricType, satellite, filter)}
      and ${column} is not null
    order by s.saved_at desc, s.bench_id, s.run_id
    limit ${limit === Infinity ? null : limit}::bigint`;
}

function timedPoint(row: PointRow): TimedPoint {
  return {
    atUs: row.at,
    point: {
      benchId: row.bench_id,
      runId: originalText(row.run_id),
      savedAt: new Date(row.at / 1000),
      valueMs: row.value,
      count: row.count,
    },
  };
}

/** Between servers: no bench is on two. */
function byTime(a: TimedPoint, b: TimedPoint): number {
  return b.atUs - a.atUs || (a.point.benchId < b.point.benchId ? -1 : 1);
}
