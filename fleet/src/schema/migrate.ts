import type { ISql, Sql } from "postgres";
import { FleetError } from "../model/fleet_error.ts";
import { type Migration, MIGRATIONS } from "./migrations.ts";
import { asOwner } from "./roles.ts";

/** What a migration has done. */
export interface MigratedSchema {
  /** The version before; 0 where there was none. */
  readonly from: number;
  /** The version now. */
  readonly to: number;
}

/** Held while a schema is migrated, so that two do not. */
const MIGRATION_LOCK = 0x68696c;

/**
 * Brings the schema to the newest version, forward only: each step in a
 * transaction of its own with the note that it was gone.
 *
 * @throws {FleetError} `SCHEMA_NEWER`: a newer release has migrated it.
 */
export async function migrate(
  sql: Sql,
  migrations: readonly Migration[] = MIGRATIONS,
): Promise<MigratedSchema> {
  await asOwner(sql, async (step) => {
    await lock(step);
    await step`
      create table if not exists fleet.migrations (
        version integer primary key,
        name text not null,
        applied_at timestamptz not null default now()
      )`;
    await step`grant select on fleet.migrations to hil_bench, hil_reader`;
  });
  const from = await schemaVersion(sql);
  const newest = migrations.at(-1)?.version ?? 0;
  if (from > newest) throw newerSchema(from, newest);
  for (const { version, name, sql: statements } of migrations) {
    if (version <= from) continue;
    await asOwner(sql, async (step) => {
      await lock(step);
      // Somebody else may have gone it while this one waited.
      if (await schemaVersion(step) >= version) return;
      await step.unsafe(statements);
      await step`
        insert into fleet.migrations (version, name)
        values (${version}, ${name})`;
    });
  }
  return { from, to: newest };
}

/** The version of the schema there is. */
export async function schemaVersion(sql: ISql): Promise<number> {
  const [row] = await sql`
    select coalesce(max(version), 0)::int as version from fleet.migrations`;
  return row!.version;
}

async function lock(sql: ISql): Promise<void> {
  await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
}

/** Says that this release is too old for a schema. */
export function newerSchema(there: number, known: number): FleetError {
  return new FleetError(
    `The fleet's schema has version ${there}, and this release knows ${known}`,
    { code: "SCHEMA_NEWER" },
  );
}
