import { assertEquals } from "@std/assert";
import type { Sql } from "postgres";
import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
import { FleetClient } from "../mod.ts";
import { TestFleet } from "../tests/_fleet.ts";
import type { FleetRow } from "./fleet_row.ts";

/** Runs of 15 series each, as a bench makes them in weeks. */
const MANY = { runs: 600, rows: 1500 } as const;

/** Runs that are long. */
const LONG = { runs: 4, rows: 500_000 } as const;

/** What was wanted of each: runs and rows a second. */
const GOAL = { runsPerS: 300, rowsPerS: 1_000_000 } as const;

const ROUNDS = 3;

const CONNECTIONS = 4;

/** Rows as the fleet has them, to be inserted as they are. */
interface BareRun {
  readonly summary: Uint8Array;
  readonly labels: string;
  readonly series: readonly Record<string, string | null>[];
  readonly parts: readonly Uint8Array[];
}

/** Measures pushes beside bare statements with the same bytes. */
export async function measureIngest(): Promise<FleetRow[]> {
  await using fleet = await TestFleet.start({
    settings: { fsync: "on", shared_buffers: "256MB", max_wal_size: "4GB" },
  });
  await makeBareTables(fleet.admin);
  return [
    ...await race(fleet, `push ${MANY.runs} runs of 15 series`, MANY, false, {
      goal: MANY.runs / GOAL.runsPerS * 1000,
      rival: "bare INSERTs of the same rows",
    }),
    ...await race(
      fleet,
      `push ${LONG.runs} runs of ${LONG.rows.toLocaleString("en")} rows`,
      LONG,
      true,
      {
        goal: LONG.runs * LONG.rows / GOAL.rowsPerS * 1000,
        rival: "bare INSERTs of the same rows and blocks",
      },
    ),
  ];
}

async function race(
  fleet: TestFleet,
  what: string,
  size: { readonly runs: number; readonly rows: number },
  blocks: boolean,
  { goal, rival }: { readonly goal: number; readonly rival: string },
): Promise<FleetRow[]> {
  const resultsDir = await Deno.makeTempDir({ prefix: "hil-metrics-" });
  try {
    const store = new RunStore(resultsDir, { durability: "none" });
    for (let i = 0; i < size.runs; i++) await saveRun(store, i, size.rows);
    const client = new FleetClient(fleet.optionsOf("bench_rig-1"));
    const ours: number[] = [];
    const rivals: number[] = [];
    const copies: number[] = [];
    let copied: CopiedRun[] = [];
    let runs: BareRun[] = [];
    // The first warms up both.
    for (let round = 0; round <= ROUNDS; round++) {
      await fleet.clear();
      await fleet.admin`checkpoint`;
      const start = performance.now();
      const { added } = await client.push(store, {
        ...{ blocks, connections: CONNECTIONS },
      });
      ours.push(performance.now() - start);
      assertEquals(added, size.runs);
      if (round === 0) runs = await readBack(fleet.admin);
      await fleet.admin`truncate bare_runs, bare_series, bare_blocks`;
      await fleet.admin`checkpoint`;
      rivals.push(await insertBare(fleet, runs));
      if (round === 0) copied = await copyOut(fleet, size.runs);
      await fleet.admin`truncate bare_runs, bare_series, bare_blocks`;
      await fleet.admin`checkpoint`;
      copies.push(await copyBare(fleet, copied));
      const [{ n } = { n: 0 }] = await fleet.admin<{ n: number }[]>`
        select count(*)::int as n from bare_series`;
      assertEquals(n, runs.reduce((sum, it) => sum + it.series.length, 0));
    }
    const own = { what, goal, ours: median(ours.slice(1)) };
    return [
      { ...own, rival, rivals: median(rivals.slice(1)) },
      // As the superuser: COPY knows no row-level security.
      {
        ...own,
        rival: "bare COPY of the same, a transaction a connection",
        rivals: median(copies.slice(1)),
      },
    ];
  } finally {
    await Deno.remove(resultsDir, { recursive: true });
  }
}

async function saveRun(store: RunStore, i: number, rows: number) {
  const collector = new LatencyCollector();
  for (let row = 0; row < rows; row++) {
    collector.record({
      metricType: ["fault_detection", "agent_decision", "recovery_action"][
        row % 3
      ]!,
      satelliteId: `SAT${row % 5}`,
      durationMs: 50 + 30 * Math.abs(Math.sin(row * 0.7 + i)) + row % 97 / 7,
      scenarioTimeS: row / 100,
    });
  }
  await store.run(`run_${i}`).saveLatencyStats(collector, {
    labels: { firmware: `2.${i % 20}` },
  });
}

/** The same columns, without months, policies and indexes for questions. */
async function makeBareTables(sql: Sql): Promise<void> {
  for (const table of ["runs", "series", "blocks"]) {
    await sql`create table ${sql(`bare_${table}`)}
      (like fleet.${sql(table)} including defaults including storage)`;
  }
}

/** What was pushed, as text that a statement takes. */
async function readBack(sql: Sql): Promise<BareRun[]> {
  const runs = await sql<
    { run_id: string; summary: Uint8Array; labels: object }[]
  >`
    select run_id, summary, labels from fleet.runs`;
  return await Promise.all(runs.map(async ({ run_id, summary, labels }) => {
    const series = await sql<Record<string, string | null>[]>`
      select metric_type, satellite_id, count::text, mean_ms::text,
        p50_ms::text, p95_ms::text, p99_ms::text, max_ms::text, min_ms::text,
        sketch::text
      from fleet.series where run_id = ${run_id}`;
    const parts = await sql<{ bytes: Uint8Array }[]>`
      select bytes from fleet.blocks where run_id = ${run_id} order by part`;
    return {
      ...{ summary, labels: JSON.stringify(labels), series: [...series] },
      parts: parts.map(({ bytes }) => bytes),
    };
  }));
}

/** Inserts the rows, a transaction a run, on as many connections. */
async function insertBare(
  fleet: TestFleet,
  runs: readonly BareRun[],
): Promise<number> {
  const lanes = Array.from({ length: CONNECTIONS }, () => fleet.newAdmin());
  for (const sql of lanes) await sql`select 1`;
  const next = runs.entries();
  const start = performance.now();
  await Promise.all(lanes.map(async (sql) => {
    for (const [i, run] of next) {
      const at = new Date(Date.UTC(2026, 8, 1) + i * 1000);
      const runId = `run_${i}`;
      await sql.begin(async (sql) => {
        const column = (name: string) =>
          run.series.map((row) => row[name]!) as string[];
        await Promise.all([
          sql`insert into bare_runs (bench_id, saved_at, run_id,
              total_measurements, is_incomplete, labels, summary)
            values ('rig-1', ${at}, ${runId}, 1, false,
              ${run.labels}::text::jsonb, ${run.summary})`,
          sql`insert into bare_series
            select 'rig-1', ${at}::timestamptz, ${runId}, m, s, c, a, b, d, e,
              f, g, k::bytea
            from unnest(${column("metric_type")}::text[],
              ${column("satellite_id")}::text[], ${column("count")}::bigint[],
              ${column("mean_ms")}::float8[], ${column("p50_ms")}::float8[],
              ${column("p95_ms")}::float8[], ${column("p99_ms")}::float8[],
              ${column("max_ms")}::float8[], ${column("min_ms")}::float8[],
              ${column("sketch")}::text[]) as r (m, s, c, a, b, d, e, f, g, k)`,
          ...run.parts.map((bytes, part) =>
            sql`insert into bare_blocks
              values ('rig-1', ${at}, ${runId}, ${part}, ${bytes})`
          ),
        ]);
      });
    }
  }));
  const durationMs = performance.now() - start;
  await Promise.all(lanes.map((sql) => sql.end()));
  return durationMs;
}

/** The rows of a run as COPY takes them, by table. */
type CopiedRun = ReadonlyMap<string, Uint8Array>;

const COPIED = ["bare_runs", "bare_series", "bare_blocks"] as const;

/** What was inserted, as COPY writes it. */
async function copyOut(fleet: TestFleet, count: number): Promise<CopiedRun[]> {
  const sql = fleet.newAdmin();
  const runs: CopiedRun[] = [];
  for (let i = 0; i < count; i++) {
    const tables = new Map<string, Uint8Array>();
    for (const table of COPIED) {
      const readable = await sql.unsafe(
        `copy (select * from ${table} where run_id = 'run_${i}') to stdout`,
      ).readable();
      const chunks: Uint8Array<ArrayBuffer>[] = [];
      readable.on("data", (chunk) => chunks.push(new Uint8Array(chunk)));
      await new Promise((resolve) => readable.on("close", resolve));
      tables.set(table, new Uint8Array(await new Blob(chunks).arrayBuffer()));
    }
    runs.push(tables);
  }
  await sql.end();
  return runs;
}

/** Copies all rows in, a transaction a connection: the least that it takes. */
async function copyBare(
  fleet: TestFleet,
  runs: readonly CopiedRun[],
): Promise<number> {
  const lanes = Array.from({ length: CONNECTIONS }, () => fleet.newAdmin());
  for (const sql of lanes) await sql`select 1`;
  const parts = lanes.map((_, lane) =>
    COPIED.map((table) => {
      const own = runs.filter((_, i) => i % CONNECTIONS === lane);
      return { table, chunks: own.map((it) => it.get(table)!) };
    })
  );
  const start = performance.now();
  await Promise.all(lanes.map((sql, lane) =>
    sql.begin(async (sql) => {
      for (const { table, chunks } of parts[lane]!) {
        const writable = await sql.unsafe(`copy ${table} from stdin`)
          .writable();
        await new Promise<void>((resolve, reject) => {
          writable.on("error", reject);
          writable.on("finish", resolve);
          for (const chunk of chunks) {
            if (chunk.length > 0) writable.write(chunk);
          }
          writable.end();
        });
      }
    })
  ));
  const durationMs = performance.now() - start;
  await Promise.all(lanes.map((sql) => sql.end()));
  return durationMs;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}
