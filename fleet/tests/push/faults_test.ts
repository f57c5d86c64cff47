import { assert, assertEquals, assertRejects } from "@std/assert";
import { FleetClient, FleetError } from "@astraguard/hil-metrics-fleet";
import { TestFleet } from "../_fleet.ts";
import { serverTest, shared } from "../_server_test.ts";
import { TestStore } from "../_store.ts";
import { FaultyProxy } from "../server/_faulty_proxy.ts";
import { withSmallDisk } from "../server/_small_disk.ts";

const fleet = shared(() => TestFleet.start({ isPlain: true }));

/** The same time for every save, so that the same runs are the same bytes. */
const clock = () => Date.UTC(2026, 2, 3) / 1000;

/**
 * Which messages a connection is cut at: every so many, from one that is drawn;
 * all of them take two minutes.
 */
const STRIDE = 9;

/** One run at a time, so that the messages come in one order. */
const ONE_BY_ONE = { blocks: true, connections: 1 };

/** Says what is half there: a run of which a part is missing, or left over. */
async function assertWhole(of: TestFleet): Promise<void> {
  const torn = await of.admin`
    with whole as (
      select p.bench_id, p.saved_at, p.run_id,
        (select count(*) from fleet.runs r where r.bench_id = p.bench_id
          and r.saved_at = p.saved_at and r.run_id = p.run_id
          and sha256(r.summary) = p.fingerprint) as runs,
        (select count(*) from fleet.series s where s.bench_id = p.bench_id
          and s.saved_at = p.saved_at and s.run_id = p.run_id) as series,
        (select count(*) from fleet.blocks b where b.bench_id = p.bench_id
          and b.saved_at = p.saved_at and b.run_id = p.run_id) as blocks
      from fleet.pushed p
    )
    select run_id, runs::int, series::int, blocks::int from whole
    where runs <> 1 or series <> 18 or blocks < 1
    union all
    select 'left over: ' || run_id, 0, 0, 0 from (
      select bench_id, run_id from fleet.runs
      union select bench_id, run_id from fleet.series
      union select bench_id, run_id from fleet.blocks
      except select bench_id, run_id from fleet.pushed
    ) rest`;
  assertEquals([...torn], []);
  const [count] = await of.admin`
    select (select count(*) from fleet.runs)::int as runs,
      (select count(*) from fleet.pushed)::int as notes`;
  assertEquals(count!.runs, count!.notes);
}

/** Leaves a store with a run that is new, one that has changed, one that went. */
async function withChanges(store: TestStore, client: FleetClient) {
  for (const runId of ["changed", "gone"]) await store.save(runId);
  await client.push(store, ONE_BY_ONE);
  await store.save("changed", { seed: 2 });
  await store.save("new");
  await store.run("gone").deleteRun();
}

serverTest(
  "a connection that is cut at any message leaves every run as it was or as it is, and the next push goes on",
  async () => {
    await using proxy = new FaultyProxy(fleet().server.port);
    const options = { ...fleet().optionsOf("bench_rig-1"), tls: false };
    const client = new FleetClient({ ...options, port: proxy.port });
    let wanted: string[] = [];
    let messages = 1;
    let tries = 0;
    let ended = 0;
    const offset = Math.floor(Math.random() * STRIDE);
    for (let cut = -1; cut < messages; cut += cut < 0 ? 1 + offset : STRIDE) {
      await fleet().clear();
      await using store = await TestStore.make({ clock });
      await withChanges(store, new FleetClient(options));
      proxy.expect(cut < 0 ? undefined : { afterMessages: cut });
      // Every other time it tries again by itself.
      const patienceMs = tries++ % 2 === 0 ? 0 : 10_000;
      try {
        await client.push(store, { ...ONE_BY_ONE, patienceMs });
      } catch (error) {
        assert(error instanceof FleetError && patienceMs === 0, `${error}`);
        assertEquals(error.code, "UNREACHABLE");
        ended++;
      }
      if (cut < 0) {
        ({ messages } = proxy);
        wanted = await fleet().contents();
      }
      await assertWhole(fleet());
      const { skipped, benchId: _, ...counts } = await client.push(store, {
        ...ONE_BY_ONE,
      });
      assertEquals(skipped, []);
      const there = await fleet().contents();
      const differs = there.find((row, i) => row !== wanted[i]);
      assertEquals([there.length, differs], [wanted.length, undefined]);
      if (patienceMs > 0) {
        assertEquals([counts.unchanged, counts.deleted], [2, 0]);
      }
    }
    assert(messages > 100, `${messages}`);
    // A goodbye that is cut off is no loss.
    assert(ended > tries / 3, `${ended} of ${tries}`);
  },
);

serverTest(
  "a server that falls silent is given up, and the push goes on when it is back",
  async () => {
    await using proxy = new FaultyProxy(fleet().server.port);
    const options = { ...fleet().optionsOf("bench_rig-1"), tls: false };
    const client = new FleetClient({ ...options, port: proxy.port });
    await fleet().clear();
    await using store = await TestStore.make({ clock });
    await withChanges(store, new FleetClient(options));
    proxy.expect({ afterMessages: 60, isSilent: true });
    const error = await assertRejects(
      () => client.push(store, { ...ONE_BY_ONE, patienceMs: 0, stallMs: 200 }),
      FleetError,
    );
    assertEquals(error.code, "UNREACHABLE");
    await assertWhole(fleet());
    const failures: string[] = [];
    const { added, replaced, deleted } = await client.push(store, {
      ...{ ...ONE_BY_ONE, stallMs: 200, patienceMs: 20_000 },
      onRetry: ({ message }) => {
        failures.push(message);
        proxy.expect(undefined);
      },
    });
    assertEquals([added, replaced, deleted], [1, 1, 1]);
    assert(failures.length > 0);
    await assertWhole(fleet());
  },
);

serverTest(
  "a server that is killed and started again in the middle of pushes loses and doubles nothing",
  async () => {
    await fleet().clear();
    const client = new FleetClient(fleet().optionsOf("bench_rig-1"));
    await using store = await TestStore.make({ clock });
    for (let i = 0; i < 40; i++) await store.save(`run_${i}`);
    let kills = 0;
    let revived = Promise.resolve();
    const pushed = await client.push(store, {
      blocks: true,
      patienceMs: 60_000,
      onProgress: ({ added }) => {
        if (added < 8 * (kills + 1) || kills === 3) return;
        kills++;
        revived = fleet().server.kill().then(() => fleet().server.restart());
      },
    });
    await revived;
    assertEquals(kills, 3);
    assertEquals(pushed.added + pushed.replaced, 40);
    await fleet().reconnect();
    await assertWhole(fleet());
    const again = await client.push(store, { blocks: true });
    assertEquals(again.unchanged, 40);
  },
);

serverTest(
  "a push to a server that is away says so, and leaves no lock behind",
  async () => {
    await fleet().clear();
    const client = new FleetClient(fleet().optionsOf("bench_rig-1"));
    await using store = await TestStore.make({ clock });
    await store.save("a");
    await fleet().server.stop();
    let retries = 0;
    const error = await assertRejects(
      () => client.push(store, { patienceMs: 1000, onRetry: () => retries++ }),
      FleetError,
    );
    assertEquals(error.code, "UNREACHABLE");
    assert(retries > 0);
    await fleet().server.restart();
    await fleet().reconnect();
    assertEquals((await client.push(store)).added, 1);
  },
);

serverTest(
  "a push that another copy of the store has overtaken ends, and leaves what that one does",
  async () => {
    await fleet().clear();
    const client = new FleetClient(fleet().optionsOf("bench_rig-1"));
    await using store = await TestStore.make({ clock });
    for (let i = 0; i < 20; i++) await store.save(`run_${i}`);
    let isOvertaken = false;
    const { admin } = fleet();
    const overtake = async () => {
      isOvertaken = true;
      await admin`update fleet.benches set push_id = gen_random_uuid()
      where bench_id = 'rig-1'`;
    };
    let overtaken = Promise.resolve();
    const error = await assertRejects(
      () =>
        client.push(store, {
          ...ONE_BY_ONE,
          onProgress: ({ added }) => {
            if (added === 3 && !isOvertaken) overtaken = overtake();
          },
        }),
      FleetError,
    );
    await overtaken;
    assertEquals(error.code, "STORE_FORKED");
    await assertWhole(fleet());
    const [row] = await admin`select count(*)::int as n from fleet.runs`;
    assert(row!.n < 20, `${row!.n}`);
  },
);

serverTest(
  "a server whose disk is full says so, and takes the rest when there is room",
  async () => {
    await withSmallDisk(64, async (disk) => {
      await using small = await TestFleet.start({
        dataParent: disk.path,
        settings: { max_wal_size: "4MB", min_wal_size: "2MB" },
      });
      const client = new FleetClient(small.optionsOf("bench_rig-1"));
      await using store = await TestStore.make({ clock });
      for (let i = 0; i < 12; i++) {
        await store.save(`run_${i}`, { rows: 60_000 });
      }
      await client.push(store, { blocks: true, connections: 1 });
      await store.save("run_5", { rows: 50_000, seed: 2 });
      for (let i = 12; i < 24; i++) {
        await store.save(`run_${i}`, { rows: 60_000, seed: i });
      }
      await disk.fill(3);
      const error = await assertRejects(
        () => client.push(store, { blocks: true, patienceMs: 500 }),
        FleetError,
      );
      // Where the log has no room either, PostgreSQL itself goes down.
      assert(
        ["SERVER_FULL", "UNREACHABLE"].includes(error.code),
        `${error.code}: ${error.message}`,
      );
      await disk.free();
      await small.server.stop();
      await small.server.restart();
      await small.reconnect();
      await assertWhole(small);
      const rest = await client.push(store, { blocks: true });
      assert(rest.added > 0, JSON.stringify(rest));
      await assertWhole(small);
      const [row] = await small.admin`
      select count(*)::int as n, sum(total_measurements)::int as rows
      from fleet.runs`;
      assertEquals(row, { n: 24, rows: 24 * 60_000 - 10_000 });
    });
  },
);
