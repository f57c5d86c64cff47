import type { PendingQuery, Sql } from "postgres";
import { FleetError } from "../model/fleet_error.ts";
import type { Connection } from "../server/connection.ts";
import type { ServerOptions } from "../server/server_options.ts";
import { fleetFailure } from "../server/fleet_failure.ts";
import { Pace } from "../model/pace.ts";

/** Rows that come from a server at a time. */
const PAGE_ROWS = 1024;

/** A server of a fleet that is asked. */
export interface AskedServer {
  /** What it is called in messages. */
  readonly name: string;
  readonly connection: Connection;
  /** How long it may be silent, in milliseconds. */
  readonly timeoutMs: number;
  /** How another connection to it is made. */
  readonly options: ServerOptions;
}

/** A row of an answer. */
export interface BenchRow {
  readonly bench_id: string;
}

/**
 * Asks every server the same, all at once, and takes the rows as they come.
 * The first failure is the answer: without what one server knows, it would be
 * wrong.
 *
 * @throws {FleetError} A server fails, or `BENCH_TWICE`.
 */
export async function askServers<Row extends BenchRow>(
  servers: readonly AskedServer[],
  query: (sql: Sql) => PendingQuery<Row[]>,
  take: (row: Row, server: number) => void,
): Promise<void> {
  const homes = new Map<string, number>();
  const asked = servers.map(async ({ name, connection, timeoutMs }, server) => {
    const pace = new Pace();
    const ask = async (sql: Sql, alive: () => void) => {
      for await (const rows of query(sql).cursor(PAGE_ROWS)) {
        alive();
        for (const row of rows) {
          const home = homes.get(row.bench_id);
          if (home === undefined) homes.set(row.bench_id, server);
          else if (home !== server) throw twice(row, servers[home]!, name);
          take(row, server);
          if (pace.isOver) await pace.next();
        }
      }
    };
    try {
      await connection.use(ask, { stallMs: timeoutMs });
    } catch (error) {
      throw fleetFailure(error, `ask ${name}`);
    }
  });
  await Promise.all(asked);
}

/** How rows of several servers become one list. */
export interface MergeOrder<Row, T> {
  readonly read: (row: Row, server: AskedServer) => T;
  /** The order in which each server sends them. */
  readonly compare: (a: T, b: T) => number;
  /** How many are wanted. */
  readonly limit: number;
}

/**
 * Asks every server for rows in one order and merges them.
 *
 * @throws {FleetError} A server fails, or `BENCH_TWICE`.
 */
export async function askInOrder<Row extends BenchRow, T>(
  servers: readonly AskedServer[],
  query: (sql: Sql) => PendingQuery<Row[]>,
  { read, compare, limit }: MergeOrder<Row, T>,
): Promise<T[]> {
  const lists: T[][] = servers.map(() => []);
  await askServers(servers, query, (row, server) => {
    lists[server]!.push(read(row, servers[server]!));
  });
  if (lists.length === 1) return lists[0]!;
  const pace = new Pace();
  const heads = lists.map(() => 0);
  const merged: T[] = [];
  while (merged.length < limit) {
    let first: number | undefined;
    for (const [list, head] of heads.entries()) {
      if (head === lists[list]!.length) continue;
      const isFirst = first === undefined ||
        compare(lists[list]![head]!, lists[first]![heads[first]!]!) < 0;
      if (isFirst) first = list;
    }
    if (first === undefined) break;
    merged.push(lists[first]![heads[first]!++]!);
    if (pace.isOver) await pace.next();
  }
  return merged;
}

function twice(
  { bench_id }: BenchRow,
  home: AskedServer,
  other: string,
): FleetError {
  return new FleetError(
    `Bench "${bench_id}" is on two servers: ${home.name} and ${other}`,
    { code: "BENCH_TWICE" },
  );
}
