import type { Sql } from "postgres";
import { FleetError } from "../model/fleet_error.ts";
import { newerSchema } from "../schema/migrate.ts";
import { SCHEMA_VERSION } from "../schema/migrations.ts";
import { benchOfLogin } from "../schema/roles.ts";
import { forked, type PushSession } from "./put_run.ts";
import type { StoreIdentity } from "./store_identity.ts";

/** A push that has begun. */
export interface BegunPush extends PushSession {
  /** Runs that were saved before are not taken. */
  readonly keepSince: Date;
}

/** What the fleet knows of a bench. */
interface BenchRow {
  readonly store_id: string | null;
  readonly push_id: string | null;
  readonly keep_since_ms: number | null;
  readonly now_ms: number;
}

/**
 * The bench that a login is of.
 *
 * @throws {FleetError} `NO_BENCH`
 */
export function requireBench(user: string): string {
  const benchId = benchOfLogin(user);
  if (benchId !== undefined) return benchId;
  throw new FleetError(`Cannot push: "${user}" is no login of a bench`, {
    code: "NO_BENCH",
  });
}

/**
 * Begins a push: has the server note it after the last one that this store has
 * made. A copy of the store, however good, does not know that one: so of two
 * that were alike once, only one goes on, and the other is told.
 *
 * @param isAdopted The store takes the place of the one that fed the bench.
 * @throws {FleetError} `NO_BENCH`, `BENCH_TAKEN`, `STORE_FORKED`,
 * `SCHEMA_OLDER`, `SCHEMA_NEWER`
 */
export async function beginPush(
  sql: Sql,
  benchId: string,
  identity: StoreIdentity,
  isAdopted: boolean = false,
): Promise<BegunPush> {
  await requireSchema(sql);
  const askedMs = Date.now();
  const [bench] = await sql<BenchRow[]>`
    select store_id, push_id,
      nullif(extract(epoch from keep_since), '-infinity')::float8 * 1000
        as keep_since_ms,
      extract(epoch from clock_timestamp())::float8 * 1000 as now_ms
    from fleet.benches, fleet.settings where bench_id = ${benchId}`;
  const answeredMs = Date.now();
  if (bench === undefined) {
    throw new FleetError(`Cannot push: the fleet has no bench "${benchId}"`, {
      code: "NO_BENCH",
    });
  }
  const { storeId } = identity;
  if (!isAdopted && bench.store_id !== null) {
    if (bench.store_id !== storeId) {
      throw new FleetError(
        `Cannot push: bench "${benchId}" is fed from another store`,
        { code: "BENCH_TAKEN" },
      );
    }
    const isOurs = bench.push_id === null ||
      await identity.hasBegun(bench.push_id);
    if (!isOurs) throw forked(benchId);
  }
  const pushId = crypto.randomUUID();
  await identity.announce(pushId);
  const { count } = await sql`
    update fleet.benches
    set store_id = ${storeId}, push_id = ${pushId}, pushed_at = now(),
      clock_ahead_ms = ${(askedMs + answeredMs) / 2 - bench.now_ms}
    where bench_id = ${benchId} and push_id is not distinct from ${bench.push_id}`;
  // Somebody else was faster.
  if (count === 0) throw forked(benchId);
  const keepSince = new Date(bench.keep_since_ms ?? -8.64e15);
  return { benchId, storeId, pushId, keepSince };
}

/**
 * Makes sure that a release and a schema know each other.
 *
 * @throws {FleetError} `SCHEMA_OLDER`, `SCHEMA_NEWER`
 */
export async function requireSchema(sql: Sql): Promise<void> {
  const [{ version }] = await sql<[{ version: number }]>`
    select coalesce(max(version), 0)::int as version from fleet.migrations`;
  if (version > SCHEMA_VERSION) throw newerSchema(version, SCHEMA_VERSION);
  if (version === SCHEMA_VERSION) return;
  throw new FleetError(
    `The fleet's schema has version ${version}, and this release needs ` +
      `${SCHEMA_VERSION}`,
    { code: "SCHEMA_OLDER" },
  );
}
