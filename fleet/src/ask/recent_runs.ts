import type { RunLabels } from "@astraguard/hil-metrics";
import type { ISql, PendingQuery } from "postgres";
import { originalText } from "../push/index_text.ts";
import { type AskedServer, askInOrder } from "./_ask_servers.ts";
import { requireCount } from "./_checks.ts";
import {
  microseconds,
  requireFilter,
  runConditions,
  type RunFilter,
} from "./run_filter.ts";

/** Which runs, and how many. */
export interface RecentRunsOptions extends RunFilter {
  /**
   * How many at most: a whole number from 0, or `Infinity`.
   *
   * @default {10}
   */
  readonly limit?: number | undefined;
}

/** A run of a bench. */
export interface FleetRun {
  /** The bench that has pushed it. */
  readonly benchId: string;
  /** Its id, which runs of other benches may have, too. */
  readonly runId: string;
  /** When it was saved, by the clock of the bench, cut to milliseconds. */
  readonly savedAt: Date;
  /** How many measurements it has. */
  readonly totalMeasurements: number;
  /** Whether it was cut off while it was recorded. */
  readonly incomplete: boolean;
  /** What was said of it; `{}` where nothing was. */
  readonly labels: RunLabels;
}

/** A run, and who holds it. */
export interface HeldRun {
  readonly run: FleetRun;
  readonly server: AskedServer;
  /** When it was saved, in microseconds since 1970. */
  readonly atUs: number;
}

interface RunRow {
  readonly bench_id: string;
  readonly run_id: string;
  readonly at: number;
  readonly total: number;
  readonly is_incomplete: boolean;
  readonly labels: RunLabels;
}

/**
 * The runs that were saved last, the newest first, ties by bench and then by
 * id.
 *
 * @throws {RangeError} A number or date is out of its range.
 * @throws {TypeError} Something is of the wrong type.
 */
export async function recentRuns(
  servers: readonly AskedServer[],
  options: RecentRunsOptions,
): Promise<FleetRun[]> {
  return (await findRuns(servers, options)).map(({ run }) => run);
}

/** The same, and who holds them. */
export async function findRuns(
  servers: readonly AskedServer[],
  options: RecentRunsOptions,
): Promise<HeldRun[]> {
  const { limit = 10, ...filter } = options;
  requireFilter(filter);
  requireCount("limit", limit, 0);
  return await askInOrder(
    servers,
    (sql) => recentRunsQuery(sql, filter, limit),
    { read: heldRun, compare: byTime, limit },
  );
}

/** The question to one server. */
export function recentRunsQuery(
  sql: ISql,
  filter: RunFilter,
  limit: number,
): PendingQuery<RunRow[]> {
  return sql<RunRow[]>`
    select r.bench_id, r.run_id, ${microseconds(sql, "r")} as at,
      r.total_measurements::float8 as total, r.is_incomplete, r.labels
    from fleet.runs r where ${runConditions(sql, filter)}
    order by r.saved_at desc, r.bench_id, r.run_id
    limit ${limit === Infinity ? null : limit}::bigint`;
}

function heldRun(row: RunRow, server: AskedServer): HeldRun {
  return {
    server,
    atUs: row.at,
    run: {
      benchId: row.bench_id,
      runId: originalText(row.run_id),
      savedAt: new Date(row.at / 1000),
      totalMeasurements: row.total,
      incomplete: row.is_incomplete,
      labels: originalLabels(row.labels),
    },
  };
}

function originalLabels(labels: RunLabels): RunLabels {
  return Object.fromEntries(
    Object.entries(labels).map((it) => it.map(originalText)),
  );
}

/** Between servers: no bench is on two. */
function byTime(a: HeldRun, b: HeldRun): number {
  return b.atUs - a.atUs || (a.run.benchId < b.run.benchId ? -1 : 1);
}
