import type { Sql } from "postgres";
import { asOwner, benchLogin } from "./roles.ts";

/** Tables with rows of benches, each after what hangs on it. */
const TABLES = ["series", "blocks", "runs", "pushed", "benches"] as const;

/**
 * Removes a bench and its runs from a server, all of it or nothing: one that is
 * no more, or has moved to another server. Its login stays, but
 * can push nothing (`NO_BENCH`) until the bench is added again.
 *
 * @param owner A login that owns the fleet, with one connection.
 * @returns How many runs there were.
 * @throws {RangeError} It is no id of a bench.
 */
export async function removeBench(
  owner: Sql,
  benchId: string,
): Promise<number> {
  benchLogin(benchId);
  let runs = 0;
  await asOwner(owner, async (sql) => {
    // Whoever is pushing is waited for, and finds no bench afterwards.
    await sql`select from fleet.benches where bench_id = ${benchId} for update`;
    for (const table of TABLES) {
      const { count } = await sql`
        delete from fleet.${sql(table)} where bench_id = ${benchId}`;
      if (table === "runs") runs = count;
    }
  });
  return runs;
}
