import type { ISql, Sql } from "postgres";
import { inTransaction } from "../server/in_transaction.ts";
import { migrate, type MigratedSchema } from "./migrate.ts";
import { asOwner, benchLogin, benchOfLogin, ROLES } from "./roles.ts";
import { scramVerifier } from "./scram_verifier.ts";

/**
 * Makes the roles and the schema in a database, or brings them up to date.
 *
 * @param admin A login that may make roles.
 */
export async function setUp(admin: Sql): Promise<MigratedSchema> {
  await inTransaction(admin, async (sql) => {
    for (const role of Object.values(ROLES)) await makeRole(sql, role);
    // Else only a superuser may hand a schema to somebody else, or act as one.
    await sql`grant ${sql(ROLES.owner)} to current_user`;
    await sql`create schema if not exists fleet
      authorization ${sql(ROLES.owner)}`;
  });
  return await migrate(admin);
}

/** PostgreSQL cuts names after these, without a word. */
const MAX_LOGIN_BYTES = 63;

/**
 * Makes a login that reads, or one that owns the fleet, or changes its password.
 *
 * @param admin A login that may make roles.
 * @throws {RangeError} The login is too long, a superuser, a role of the fleet
 * itself (what that may do, all who are members may), or a bench's and the role
 * is another; or the password is not ASCII.
 */
export async function addLogin(
  admin: Sql,
  login: string,
  role: keyof typeof ROLES,
  password: string,
): Promise<void> {
  const flaw = flawOf(login, role);
  if (flaw !== undefined) throw unfit(login, flaw);
  const verifier = await scramVerifier(password);
  await inTransaction(admin, async (sql) => {
    const superusers = await sql`
      select from pg_roles where rolname = ${login} and rolsuper`;
    if (superusers.length > 0) throw unfit(login, "is a superuser");
    await makeRole(sql, login);
    // Neither is a parameter to this statement; the verifier has no quotes.
    await sql`alter role ${sql(login)} login
      password ${sql.unsafe(`'${verifier}'`)}`;
    await sql`grant ${sql(ROLES[role])} to ${sql(login)}`;
  });
}

/**
 * Makes a bench with a login of its own, or changes its password.
 *
 * @param admin A login that may make roles.
 * @throws {RangeError} It is no id of a bench, or the password is not ASCII.
 */
export async function addBench(
  admin: Sql,
  benchId: string,
  password: string,
): Promise<void> {
  await addLogin(admin, benchLogin(benchId), "bench", password);
  await asOwner(admin, async (sql) => {
    await sql`insert into fleet.benches (bench_id) values (${benchId})
      on conflict do nothing`;
  });
}

function flawOf(login: string, role: keyof typeof ROLES): string | undefined {
  const bytes = new TextEncoder().encode(login).length;
  if (bytes < 1 || bytes > MAX_LOGIN_BYTES) {
    return `has not 1 to ${MAX_LOGIN_BYTES} bytes`;
  }
  if (Object.values(ROLES).some((it) => it === login)) {
    return "is a role of the fleet itself";
  }
  const isBench = benchOfLogin(login) !== undefined;
  return isBench && role !== "bench" ? "is that of a bench" : undefined;
}

function unfit(login: string, flaw: string): RangeError {
  return new RangeError(
    `Cannot add login ${JSON.stringify(login)}: it ${flaw}`,
  );
}

async function makeRole(sql: ISql, role: string): Promise<void> {
  const there = await sql`select from pg_roles where rolname = ${role}`;
  if (there.length === 0) await sql`create role ${sql(role)}`;
}
