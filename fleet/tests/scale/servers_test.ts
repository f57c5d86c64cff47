import { assert, assertEquals, assertRejects } from "@std/assert";
import { FleetClient, FleetError, FleetReader } from "../../mod.ts";
import { removeBench } from "../../src/schema/remove_bench.ts";
import { addBench } from "../../src/schema/set_up.ts";
import { PASSWORD, TestFleet } from "../_fleet.ts";
import { serverTest, shared } from "../_server_test.ts";
import { TestStore } from "../_store.ts";

const BENCHES = Array.from({ length: 8 }, (_, i) => `hall-${i}`);

/** Runs of each bench in either half of the test. */
const RUNS = 20;

/** What a fleet has grown by, over all of its servers. */
interface Growth {
  readonly rows: number;
  readonly logBytes: number;
}

/** Servers that share benches: each is added on one of them. */
class Servers implements AsyncDisposable {
  readonly fleets: readonly TestFleet[];

  private constructor(fleets: readonly TestFleet[]) {
    this.fleets = fleets;
  }

  static async start(count: number): Promise<Servers> {
    const settings = {
      // Else the log has whole pages after each checkpoint, and rows that
      // nobody has pushed.
      ...{ full_page_writes: "off", autovacuum: "off" },
    };
    const fleets = await Promise.all(
      Array.from({ length: count }, () => TestFleet.start({ settings })),
    );
    const servers = new Servers(fleets);
    for (const [i, benchId] of BENCHES.entries()) {
      await addBench(servers.#homeOf(i).admin, benchId, PASSWORD);
    }
    return servers;
  }

  /** Asks all of them. */
  reader(): FleetReader {
    return new FleetReader(this.fleets.map((it) => it.optionsOf("reader")));
  }

  #homeOf(bench: number): TestFleet {
    return this.fleets[bench % this.fleets.length]!;
  }

  /** What pushes grow it by. */
  async push(stores: readonly TestStore[]): Promise<Growth> {
    const before = await this.#size();
    for (const [i, store] of stores.entries()) {
      const server = this.#homeOf(i).optionsOf(`bench_${BENCHES[i]}`);
      const client = new FleetClient(server);
      await client.push(store, { blocks: true });
    }
    const after = await this.#size();
    return {
      rows: after.rows - before.rows,
      logBytes: after.logBytes - before.logBytes,
    };
  }

  async #size(): Promise<Growth> {
    const sizes = await Promise.all(this.fleets.map(async ({ admin }) => {
      const [row] = await admin<{ rows: number; log: number }[]>`
        select (pg_current_wal_insert_lsn() - '0/0'::pg_lsn)::float8 as log,
          (select count(*) from fleet.runs)::float8
          + (select count(*) from fleet.series)
          + (select count(*) from fleet.blocks)
          + (select count(*) from fleet.pushed) as rows`;
      return row!;
    }));
    return {
      rows: sizes.reduce((sum, it) => sum + it.rows, 0),
      logBytes: sizes.reduce((sum, it) => sum + it.log, 0),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.fleets.map((it) => it[Symbol.asyncDispose]()));
  }
}

async function copyRun(
  runId: string,
  from: TestStore,
  to: TestStore,
): Promise<void> {
  await Deno.mkdir(`${to.resultsDir}/${runId}`);
  for (const name of ["latency_summary.json", "latency_raw.csv"]) {
    await Deno.copyFile(
      `${from.resultsDir}/${runId}/${name}`,
      `${to.resultsDir}/${runId}/${name}`,
    );
  }
}

const one = shared(() => Servers.start(1));
const four = shared(() => Servers.start(4));

serverTest(
  "rows and log of a run are those of one server on four, and so are all answers",
  async () => {
    await using stack = new AsyncDisposableStack();
    // A store feeds one fleet: the other has copies.
    const stores: TestStore[] = [];
    const copies: TestStore[] = [];
    for (const _ of BENCHES) {
      stores.push(stack.use(await TestStore.make()));
      copies.push(stack.use(await TestStore.make()));
    }
    const growths: { ofOne: Growth; ofFour: Growth }[] = [];
    // The first half makes months and first pages, which every server has.
    for (const half of [0, 1]) {
      for (const [i, store] of stores.entries()) {
        for (let run = 0; run < RUNS; run++) {
          const runId = `run_${half}_${run}`;
          await store.save(runId, { seed: i * 100 + run });
          await copyRun(runId, store, copies[i]!);
        }
      }
      growths.push({
        ofOne: await one().push(stores),
        ofFour: await four().push(copies),
      });
    }
    const { ofOne, ofFour } = growths[1]!;
    // A run, 15 series and three metrics over all satellites, block and note.
    assertEquals(ofOne.rows, BENCHES.length * RUNS * (1 + 18 + 1 + 1));
    assertEquals(ofFour.rows, ofOne.rows);
    const ratio = ofFour.logBytes / ofOne.logBytes;
    assert(ratio < 1.05, `${ratio}`);

    using ofOneServer = one().reader();
    using ofFourServers = four().reader();
    const questions = [
      (it: FleetReader) => it.recentRuns({ limit: 50 }),
      (it: FleetReader) =>
        it.history({ metricType: "decision", figure: "p95_ms" }),
      (it: FleetReader) => it.percentiles({ metricType: "decision" }),
      (it: FleetReader) =>
        it.outliers({ metricType: "decision", figure: "max_ms" }),
    ];
    for (const question of questions) {
      assertEquals(
        await question(ofFourServers) as unknown,
        await question(ofOneServer),
      );
    }
  },
);

serverTest(
  "a bench that has moved to another server counts once it is removed from the old one",
  async () => {
    const [old, next] = four().fleets;
    await using store = await TestStore.make();
    await store.save("moved");
    for (const { admin } of [old!, next!]) {
      await addBench(admin, "moving", PASSWORD);
    }
    const push = (fleet: TestFleet) =>
      new FleetClient(fleet.optionsOf("bench_moving")).push(store);
    await push(old!);
    await push(next!);
    using reader = four().reader();
    const filter = { benchIds: ["moving"] };
    const error = await assertRejects(
      () => reader.recentRuns(filter),
      FleetError,
    );
    assertEquals(error.code, "BENCH_TWICE");

    assertEquals(await removeBench(old!.as("owner"), "moving"), 1);
    const runs = await reader.recentRuns(filter);
    assertEquals(runs.map(({ runId }) => runId), ["moved"]);
    const refused = await assertRejects(() => push(old!), FleetError);
    assertEquals(refused.code, "NO_BENCH");
    const left = await old!.admin`
      select from fleet.series where bench_id = 'moving'
      union all select from fleet.pushed where bench_id = 'moving'`;
    assertEquals(left.length, 0);
  },
);
