import { type AskedServer, askInOrder } from "./_ask_servers.ts";

/** A bench of a fleet. */
export interface FleetBench {
  /** Its id. */
  readonly benchId: string;
  /** When it has pushed last, by the server's clock. */
  readonly pushedAt: Date;
  /** How far its clock was ahead of the server's then, in milliseconds. */
  readonly clockAheadMs: number | undefined;
}

interface Row {
  readonly bench_id: string;
  readonly pushed_at: Date;
  readonly clock_ahead_ms: number | null;
}

/** The benches that have pushed, by id. */
export async function benches(
  servers: readonly AskedServer[],
): Promise<FleetBench[]> {
  return await askInOrder(
    servers,
    (sql) =>
      sql<Row[]>`
        select bench_id, pushed_at, clock_ahead_ms
        from fleet.benches where pushed_at is not null order by bench_id`,
    { read: benchOf, compare: byId, limit: Infinity },
  );
}

function benchOf(row: Row): FleetBench {
  return {
    benchId: row.bench_id,
    pushedAt: row.pushed_at,
    clockAheadMs: row.clock_ahead_ms ?? undefined,
  };
}

function byId(a: FleetBench, b: FleetBench): number {
  return a.benchId < b.benchId ? -1 : 1;
}
