import type { ISql, Sql } from "postgres";
import { inTransaction } from "../server/in_transaction.ts";

/**
 * The roles of a fleet. They belong to the whole server, as all roles of
 * PostgreSQL do, and nobody logs in as the last two.
 */
export const ROLES = {
  /** Owns the schema: migrates, registers benches, drops what is too old. */
  owner: "hil_owner",
  /** What the logins of benches are members of. */
  bench: "hil_bench",
  /** What those who ask are members of. */
  reader: "hil_reader",
} as const;

/** What the login of a bench begins with; its id is the rest. */
export const BENCH_LOGIN_PREFIX = "bench_";

/** The longest id of a bench, in bytes: PostgreSQL cuts names after 63. */
const MAX_BENCH_ID_BYTES = 63 - BENCH_LOGIN_PREFIX.length;

/**
 * The login of a bench: each has one of its own, so that the server itself, by
 * row-level security, tells whose a row is.
 *
 * @throws {RangeError} The id is empty, too long, or has another character than
 * `a-z`, `0-9`, `_`, `-` and `.`.
 */
export function benchLogin(benchId: string): string {
  if (!/^[a-z0-9_.-]+$/.test(benchId) || benchId.length > MAX_BENCH_ID_BYTES) {
    throw new RangeError(
      `A bench id has 1 to ${MAX_BENCH_ID_BYTES} characters of a-z, 0-9, ` +
        `"_", "-" and ".": ${JSON.stringify(benchId)}`,
    );
  }
  return BENCH_LOGIN_PREFIX + benchId;
}

/** The bench whose login this is; `undefined` for any other. */
export function benchOfLogin(login: string): string | undefined {
  const isBench = login.startsWith(BENCH_LOGIN_PREFIX) &&
    login.length > BENCH_LOGIN_PREFIX.length;
  return isBench ? login.slice(BENCH_LOGIN_PREFIX.length) : undefined;
}

/** Does something as the owner of the fleet, all of it or nothing. */
export async function asOwner(
  sql: Sql,
  work: (sql: ISql) => Promise<void>,
): Promise<void> {
  await inTransaction(sql, async (step) => {
    await step`set local role ${step(ROLES.owner)}`;
    await work(step);
  });
}
