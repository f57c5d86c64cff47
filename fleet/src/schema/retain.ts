import type { Sql } from "postgres";
import { codeOf } from "../server/transient.ts";
import { MONTHLY_TABLES } from "./migrations.ts";
import { asOwner } from "./roles.ts";

/** What was dropped. */
export interface RetainedMonths {
  /** Runs that were saved before are not taken any more. */
  readonly keepSince: Date;
  /** The months that were dropped, as `2026-10`, in order. */
  readonly dropped: readonly string[];
}

/** Somebody reads the table, or writes into it. */
const LOCK_NOT_AVAILABLE = "55P03";

/** How often it is tried to drop a month that is being read: for a minute. */
const TRIES = 60;

const PAUSE_MS = 800;

/** How many notes of runs are removed in one transaction. */
const PAGE_ROWS = 10_000;

/**
 * Drops the months that end before a time, and has the fleet take no run that
 * was saved before the first month that is kept: a bench that still has its
 * files would bring them back.
 *
 * A month is dropped as a whole, in milliseconds; nothing is vacuumed.
 *
 * @throws {RangeError} The time is invalid or yet to come.
 */
export async function retain(sql: Sql, since: Date): Promise<RetainedMonths> {
  if (!(since.getTime() <= Date.now())) {
    throw new RangeError(`since must be a time in the past: ${since}`);
  }
  const keepSince = new Date(
    Date.UTC(since.getUTCFullYear(), since.getUTCMonth()),
  );
  await asOwner(sql, async (step) => {
    // Before anything goes, so that no bench can bring it back.
    await step`update fleet.settings
      set keep_since = greatest(keep_since, ${keepSince})`;
  });
  const parts = await sql<{ name: string; month: string }[]>`
    select c.relname as name, replace(right(c.relname, 7), '_', '-') as month
    from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = any (${
    MONTHLY_TABLES.map((table) => `fleet.${table}`)
  }::text[]::regclass[])
    order by 2, 1`;
  const before = keepSince.toISOString().slice(0, 7);
  const old = parts.filter(({ month }) => month < before);
  for (const { name } of old) await dropMonth(sql, name);
  await forget(sql);
  return { keepSince, dropped: [...new Set(old.map(({ month }) => month))] };
}

/**
 * Drops a part of a table when nobody reads the table: whoever comes after one
 * that waits for its lock waits, too, and a question may take an hour.
 */
async function dropMonth(sql: Sql, name: string): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      await asOwner(sql, async (step) => {
        await step`set local lock_timeout = '200ms'`;
        await step`drop table if exists fleet.${step(name)}`;
      });
      return;
    } catch (error) {
      if (codeOf(error) !== LOCK_NOT_AVAILABLE || tries === TRIES) throw error;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}

/** Removes the notes of runs that are no more. */
async function forget(sql: Sql): Promise<void> {
  for (let count = PAGE_ROWS; count === PAGE_ROWS;) {
    await asOwner(sql, async (step) => {
      ({ count } = await step`
        delete from fleet.pushed where (bench_id, run_id) in (
          select bench_id, run_id from fleet.pushed
          where saved_at < (select keep_since from fleet.settings)
          limit ${PAGE_ROWS}
        )`);
    });
  }
}
