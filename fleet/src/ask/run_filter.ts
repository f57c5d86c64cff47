import type { RunLabels } from "@astraguard/hil-metrics";
import type { Fragment, ISql } from "postgres";
import { indexText, storedText } from "../push/index_text.ts";
import {
  requireDate,
  requireLabels,
  requireOptionalBoolean,
  requireStrings,
} from "./_checks.ts";

/** Which runs a question is about: those that all of it holds for. */
export interface RunFilter {
  /**
   * Runs that were saved then or later. Months before are not looked at.
   *
   * @default all
   */
  readonly since?: Date | undefined;
  /**
   * Runs that were saved before that.
   *
   * @default all
   */
  readonly until?: Date | undefined;
  /**
   * Runs of these benches.
   *
   * @default of all
   */
  readonly benchIds?: readonly string[] | undefined;
  /**
   * Runs with these ids, on whatever bench.
   *
   * @default all
   */
  readonly runIds?: readonly string[] | undefined;
  /**
   * Runs that have all of these labels, with the same values.
   *
   * @default all
   */
  readonly labels?: RunLabels | undefined;
  /**
   * Whether runs are wanted that were cut off while they were recorded, and no
   * others; or none of these.
   *
   * @default both
   */
  readonly incomplete?: boolean | undefined;
}

/**
 * Checks a filter.
 *
 * @throws {RangeError} A date is invalid.
 * @throws {TypeError} Something is of the wrong type.
 */
export function requireFilter(filter: RunFilter): void {
  requireDate("since", filter.since);
  requireDate("until", filter.until);
  requireStrings("benchIds", filter.benchIds);
  requireStrings("runIds", filter.runIds);
  requireLabels(filter.labels);
  requireOptionalBoolean("incomplete", filter.incomplete);
}

/** Conditions on `fleet.runs` as `r`. */
export function runConditions(sql: ISql, filter: RunFilter): Fragment {
  const { labels, incomplete } = filter;
  const conditions = [keyConditions(sql, "r", filter)];
  if (labels !== undefined) {
    const held = sql.json(storedLabels(labels));
    conditions.push(sql`and r.labels @> ${held}`);
  }
  if (incomplete !== undefined) {
    conditions.push(sql`and r.is_incomplete = ${incomplete}`);
  }
  return sql`${conditions}`;
}

/**
 * Series of one metric as `s`, joined with runs as `r` where something of
 * these is asked for; further conditions can follow.
 *
 * Note: months are left out of a join only where the condition on the time
 * stands for both sides.
 */
export function seriesOf(
  sql: ISql,
  metricType: string,
  satellite: Fragment,
  filter: RunFilter,
): Fragment {
  const { labels, incomplete } = filter;
  const isOfRuns = labels !== undefined || incomplete !== undefined;
  const joined = !isOfRuns ? sql`` : sql`
    join fleet.runs r on r.bench_id = s.bench_id and r.saved_at = s.saved_at
      and r.run_id = s.run_id and ${runConditions(sql, filter)}`;
  return sql`fleet.series s ${joined}
    where s.metric_type = ${indexText(metricType)} and ${satellite}
      and ${keyConditions(sql, "s", filter)}`;
}

/**
 * When a row was saved, in microseconds since 1970, which a double holds.
 *
 * Note: `extract()` calculates with decimals: a tenth of a history more.
 */
export function microseconds(sql: ISql, table: "r" | "s"): Fragment {
  const savedAt = sql(`${table}.saved_at`);
  return sql`round(date_part('epoch', ${savedAt}) * 1000000)`;
}

/** A condition on the satellite of `s`: one of them, or all together. */
export function ofSatellite(
  sql: ISql,
  satelliteId: string | undefined,
): Fragment {
  return satelliteId === undefined
    ? sql`s.satellite_id is null`
    : sql`s.satellite_id = ${indexText(satelliteId)}`;
}

function storedLabels(labels: RunLabels): RunLabels {
  return Object.fromEntries(
    Object.entries(labels).map((it) => it.map(storedText)),
  );
}

function keyConditions(
  sql: ISql,
  table: "r" | "s",
  { since, until, benchIds, runIds }: RunFilter,
): Fragment {
  const conditions: Fragment[] = [sql`true`];
  const savedAt = sql(`${table}.saved_at`);
  if (since !== undefined) conditions.push(sql`and ${savedAt} >= ${since}`);
  if (until !== undefined) conditions.push(sql`and ${savedAt} < ${until}`);
  if (benchIds !== undefined) {
    const benchId = sql(`${table}.bench_id`);
    conditions.push(sql`and ${benchId} ${isOneOf(sql, benchIds)}`);
  }
  if (runIds !== undefined) {
    const runId = sql(`${table}.run_id`);
    conditions.push(sql`and ${runId} ${isOneOf(sql, runIds)}`);
  }
  return sql`${conditions}`;
}

/** Of one alone, an index knows the order of its rows. */
function isOneOf(sql: ISql, ids: readonly string[]): Fragment {
  const held = ids.map(storedText);
  return held.length === 1 ? sql`= ${held[0]!}` : sql`= any (${held}::text[])`;
}
