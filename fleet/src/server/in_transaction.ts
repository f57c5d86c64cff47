import type { Sql } from "postgres";
import { isConnectionLost } from "./transient.ts";

/**
 * Does something in one transaction, all of it or nothing.
 *
 * Note: the `begin()` of `postgres` writes a rollback to connections that are
 * no more, and that ends the process. Nothing is waited for after `begin`, so
 * that it takes no round trip.
 *
 * @param sql A client of one connection, that nobody else uses meanwhile.
 */
export async function inTransaction<T>(
  sql: Sql,
  work: (sql: Sql) => Promise<T>,
  isolation: "read committed" | "repeatable read, read only" = "read committed",
): Promise<T> {
  if (sql.options.max !== 1) {
    throw new RangeError("A transaction needs a client of one connection");
  }
  const begun = sql.unsafe(`begin isolation level ${isolation}`)
    .then(() => undefined, (error) => ({ error }));
  let result: T;
  try {
    result = await work(sql);
  } catch (error) {
    if (!isConnectionLost(error)) await sql`rollback`;
    // It is the first to know why there is no connection.
    throw (await begun)?.error ?? error;
  }
  await sql`commit`;
  return result;
}
