import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
import type { Sql } from "postgres";
import { normal, seededRandom } from "../../bench/lib/data/random.ts";
import { threeDigits } from "../../bench/lib/report/quantity.ts";
import { textTable } from "../../bench/lib/report/table.ts";
import { FleetClient } from "../mod.ts";
import { addBench } from "../src/schema/set_up.ts";
import { PASSWORD, TestFleet } from "../tests/_fleet.ts";

const BENCHES = 8;
const RUNS = 25;

/** Of each of 15 series. */
const DURATIONS = 1000;

/** What a fleet holds, over all of its servers. */
interface Size {
  readonly rows: number;
  readonly tableBytes: number;
  readonly indexBytes: number;
  readonly logBytes: number;
}

/** What a push of a run adds to a fleet of one server and of four, as a table. */
export async function measureGrowth(): Promise<string> {
  const rows: string[][] = [];
  for (const blocks of [false, true]) {
    for (const servers of [1, 4]) {
      const grown = await growthOf(servers, blocks);
      const runs = BENCHES * RUNS;
      rows.push([
        `${servers}, ${blocks ? "with" : "without"} blocks`,
        ...[grown.rows, grown.tableBytes, grown.indexBytes, grown.logBytes]
          .map((it) => threeDigits(it / runs)),
      ]);
    }
  }
  return textTable({
    head: ["servers", "rows a run", "table bytes", "index bytes", "log bytes"],
    rows,
    right: [1, 2, 3, 4],
  });
}

/** Growth by the second half of the runs: months and first pages are there. */
async function growthOf(servers: number, blocks: boolean): Promise<Size> {
  const resultsDir = await Deno.makeTempDir({ prefix: "hil-metrics-" });
  await using stack = new AsyncDisposableStack();
  stack.defer(() => Deno.remove(resultsDir, { recursive: true }));
  const fleets: TestFleet[] = [];
  for (let i = 0; i < servers; i++) {
    fleets.push(
      stack.use(await TestFleet.start({ settings: { autovacuum: "off" } })),
    );
  }
  let before: Size | undefined;
  for (const half of [0, 1]) {
    before = half === 1 ? await sizeOf(fleets) : undefined;
    for (let bench = 0; bench < BENCHES; bench++) {
      const user = `hall-${bench}`;
      const home = fleets[bench % servers]!;
      await addBench(home.admin, user, PASSWORD);
      const store = new RunStore(`${resultsDir}/${bench}`, {
        durability: "none",
      });
      for (let run = 0; run < RUNS; run++) {
        await store.run(`thermal_${half}_${run}`).saveLatencyStats(
          collectorOf(bench * RUNS + run),
          { labels: { firmware: "2.1", host: user } },
        );
      }
      const client = new FleetClient(home.optionsOf(`bench_${user}`));
      await client.push(store, { blocks });
    }
  }
  const after = await sizeOf(fleets);
  return {
    rows: after.rows - before!.rows,
    tableBytes: after.tableBytes - before!.tableBytes,
    indexBytes: after.indexBytes - before!.indexBytes,
    logBytes: after.logBytes - before!.logBytes,
  };
}

function collectorOf(seed: number): LatencyCollector {
  const random = seededRandom(seed);
  const collector = new LatencyCollector();
  for (let i = 0; i < 15 * DURATIONS; i++) {
    collector.record({
      metricType: ["fault_detection", "agent_decision", "recovery_action"][
        i % 3
      ]!,
      satelliteId: `SAT${i % 5}`,
      scenarioTimeS: i / 10,
      durationMs: 100 * Math.exp(normal(random, 0, 0.3)),
    });
  }
  return collector;
}

async function sizeOf(fleets: readonly TestFleet[]): Promise<Size> {
  const sizes = await Promise.all(fleets.map(({ admin }) => sizeOfOne(admin)));
  const sum = (key: keyof Size) =>
    sizes.reduce((sum, size) => sum + size[key], 0);
  return {
    rows: sum("rows"),
    tableBytes: sum("tableBytes"),
    indexBytes: sum("indexBytes"),
    logBytes: sum("logBytes"),
  };
}

async function sizeOfOne(sql: Sql): Promise<Size> {
  const [size] = await sql<Size[]>`
    select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as "logBytes",
      sum(pg_table_size(oid))::float8 as "tableBytes",
      sum(pg_indexes_size(oid))::float8 as "indexBytes",
      (select (select count(*) from fleet.runs) +
        (select count(*) from fleet.series) +
        (select count(*) from fleet.blocks) +
        (select count(*) from fleet.pushed))::float8 as rows
    from pg_class
    where relnamespace = 'fleet'::regnamespace and relkind = 'r'`;
  return size!;
}
