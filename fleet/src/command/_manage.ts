import type { Sql } from "postgres";
import { FleetError } from "../model/fleet_error.ts";
import { migrate, type MigratedSchema } from "../schema/migrate.ts";
import { removeBench } from "../schema/remove_bench.ts";
import { retain } from "../schema/retain.ts";
import { benchLogin, ROLES } from "../schema/roles.ts";
import { addBench, addLogin, setUp } from "../schema/set_up.ts";
import { Connection } from "../server/connection.ts";
import { fleetFailure } from "../server/fleet_failure.ts";
import type { ServerOptions } from "../server/server_options.ts";
import { codeOf } from "../server/transient.ts";
import { passfileLine } from "./_passfile.ts";
import type { Answer } from "./_print.ts";
import { type ServerArguments, serverOf } from "./_servers.ts";

const PASSWORD_BYTES = 24;

/** A day: an index on a year of runs takes hours, and says nothing meanwhile. */
const STALL_MS = 24 * 3600 * 1000;

/** There is no such database. */
const NO_DATABASE = "3D000";

/** The database that every server has. */
const FIRST_DATABASE = "postgres";

/** Makes the roles and the schema, or brings them up to date. */
export async function setUpCommand(given: ServerArguments): Promise<Answer> {
  const server = await serverOf(given);
  const { from, to } = await setUpIn(server);
  return {
    ...{ json: { from, to, roles: Object.values(ROLES) }, code: 0 },
    text: from === to
      ? `The fleet is set up: its schema has version ${to}`
      : `The fleet is set up: its schema went from version ${from} to ${to}`,
  };
}

/** Makes a login, and writes its password into a file. */
export async function addCommand(
  role: keyof typeof ROLES,
  name: string,
  given: ServerArguments & { readonly passfile: string },
): Promise<Answer> {
  const user = role === "bench" ? benchLogin(name) : name;
  const server = await serverOf(given);
  const password = crypto.getRandomValues(new Uint8Array(PASSWORD_BYTES))
    .toBase64({ alphabet: "base64url" });
  // Before the login has it: what is lost can be made anew, but not found out.
  await Deno.writeTextFile(
    given.passfile,
    passfileLine({ ...server, user }, password),
    { createNew: true, mode: 0o600 },
  );
  try {
    await administer(
      server,
      `add ${role} "${name}"`,
      (sql) =>
        role === "bench"
          ? addBench(sql, name, password)
          : addLogin(sql, user, role, password),
    );
  } catch (error) {
    // Or it would be in the way of the next try.
    await Deno.remove(given.passfile);
    throw error;
  }
  return {
    ...{ json: { login: user, passfile: given.passfile }, code: 0 },
    text: `${user} may log in; its password is in ${given.passfile}`,
  };
}

/** Brings the schema to the newest version. */
export async function migrateCommand(given: ServerArguments): Promise<Answer> {
  const migrated = await administer(
    await serverOf(given),
    "migrate the fleet",
    migrate,
  );
  return {
    ...{ json: migrated, code: 0 },
    text: migrated.from === migrated.to
      ? `The schema has version ${migrated.to} already`
      : `The schema went from version ${migrated.from} to ${migrated.to}`,
  };
}

/** Drops the months before a time. */
export async function retainCommand(
  given: ServerArguments & { readonly since: Date },
): Promise<Answer> {
  const { keepSince, dropped } = await administer(
    await serverOf(given),
    "drop months",
    (sql) => retain(sql, given.since),
  );
  const day = keepSince.toISOString().slice(0, 10);
  return {
    json: { keep_since: keepSince.toISOString(), dropped },
    text: `${
      dropped.length === 0 ? "Nothing" : dropped.join(", ")
    } dropped; no run that was saved before ${day} is taken`,
    code: 0,
  };
}

/** Removes a bench and its runs. */
export async function removeCommand(
  name: string,
  given: ServerArguments,
): Promise<Answer> {
  const runs = await administer(
    await serverOf(given),
    `remove bench "${name}"`,
    (sql) => removeBench(sql, name),
  );
  return {
    ...{ json: { bench_id: name, runs }, code: 0 },
    text: `${name} and its ${runs} runs are removed from this server`,
  };
}

/** Sets up a fleet in a database, which is made where there is none. */
async function setUpIn(server: ServerOptions): Promise<MigratedSchema> {
  const what = "set up the fleet";
  try {
    return await administer(server, what, setUp);
  } catch (error) {
    const isMissing = error instanceof FleetError &&
      codeOf(error.cause) === NO_DATABASE;
    if (!isMissing) throw error;
  }
  const first = { ...server, database: FIRST_DATABASE };
  await administer(first, "make the database", async (sql) => {
    await sql`create database ${sql(server.database)} encoding 'UTF8'
      template template0`;
  });
  return await administer(server, what, setUp);
}

async function administer<T>(
  server: ServerOptions,
  what: string,
  work: (sql: Sql) => Promise<T>,
): Promise<T> {
  using connection = new Connection(server);
  try {
    const result = await connection.use((sql) => work(sql), {
      stallMs: STALL_MS,
    });
    await connection.close();
    return result;
  } catch (error) {
    throw fleetFailure(error, what);
  }
}
