import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzip, StorageError } from "@astraguard/hil-metrics";
import { fromRoot } from "../../../tests/_from_root.ts";
import { zstd } from "@astraguard/hil-metrics/zstd";
import {
  DDSketch,
  FleetClient,
  FleetError,
  type FleetErrorCode,
  type PushedRuns,
} from "@astraguard/hil-metrics-fleet";
import { retain } from "../../src/schema/retain.ts";
import { FleetReader } from "../../src/ask/fleet_reader.ts";
import { TestFleet } from "../_fleet.ts";
import { serverTest, shared } from "../_server_test.ts";
import { TestStore } from "../_store.ts";

const fleet = shared(() => TestFleet.start());

function client(user = "bench_rig-1"): FleetClient {
  return new FleetClient(fleet().optionsOf(user));
}

/** What a push has done, without what was skipped. */
function counts({ skipped, benchId: _, ...rest }: PushedRuns) {
  assertEquals(skipped, []);
  return Object.fromEntries(
    Object.entries(rest).filter(([, count]) => count !== 0),
  );
}

async function assertCode(
  work: () => Promise<unknown>,
  code: FleetErrorCode,
): Promise<void> {
  const error = await assertRejects(work, FleetError);
  assertEquals(error.code, code, error.message);
}

serverTest(
  "FleetClient.push() sends what is new, changed or deleted, and nothing twice",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    for (const runId of ["a", "b", "c"]) await store.save(runId);
    assertEquals(counts(await client().push(store)), { added: 3 });
    assertEquals(counts(await client().push(store)), { unchanged: 3 });
    await store.save("b", { seed: 2 });
    await store.save("d");
    await store.run("a").deleteRun();
    assertEquals(counts(await client().push(store)), {
      ...{ added: 1, replaced: 1, deleted: 1, unchanged: 1 },
    });
    const before = await fleet().contents();
    assertEquals(counts(await client().push(store)), { unchanged: 3 });
    assertEquals(await fleet().contents(), before);
    const ids = await fleet().admin`select run_id from fleet.runs order by 1`;
    assertEquals(ids.map((it) => it.run_id), ["b", "c", "d"]);
    // As if all of it were pushed to a fleet that has never seen it.
    await fleet().clear();
    await Deno.remove(`${store.resultsDir}/.fleet`, { recursive: true });
    assertEquals(counts(await client().push(store)), { added: 3 });
    assertEquals(await fleet().contents(), before);
  },
);

serverTest(
  "FleetClient.push() sends the figures of each series, and a sketch of its durations",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    await store.save("a", { rows: 20_000, labels: { firmware: "2.1" } });
    await client().push(store);
    const metrics = await store.run("a").getRunMetrics();
    const rows = await fleet().as("reader")`
    select * from fleet.series order by metric_type, satellite_id nulls first`;
    assertEquals(rows.length, 18);
    const durations = new Map<string, number[]>();
    for await (const batch of store.run("a").batches()) {
      for (let i = 0; i < batch.length; i++) {
        const { metricType, satelliteId } = batch
          .series[batch.seriesCodes[i]!]!;
        const key = `${metricType} ${satelliteId}`;
        if (!durations.has(key)) durations.set(key, []);
        durations.get(key)!.push(batch.durationsMs[i]!);
      }
    }
    for (const row of rows) {
      const { metric_type, satellite_id, count, sketch, ...rest } = row;
      const { bench_id: _, saved_at: __, run_id: ___, ...figures } = rest;
      const wanted = satellite_id === null
        ? metrics!.stats[metric_type]!
        : metrics!.stats_by_satellite[satellite_id]![metric_type]!;
      assertEquals({ count: Number(count), ...figures }, { ...wanted });
      if (satellite_id === null) assertEquals(sketch, null);
      else {
        const of = durations.get(`${metric_type} ${satellite_id}`)!;
        assertEquals(new Uint8Array(sketch), DDSketch.of(of).encode());
      }
    }
    const [run] = await fleet().as("reader")`select * from fleet.runs`;
    assertEquals(run!.labels, { firmware: "2.1" });
    assertEquals(run!.total_measurements, "20000");
  },
);

serverTest("FleetClient.pull() gives runs back to the byte", async () => {
  await fleet().clear();
  await using store = await TestStore.make();
  await store.save("plain", { rows: 100_000, labels: { "": "\0\ud800␛" } });
  await store.save("empty", { rows: 0 });
  const gzipped = new TestStore(store.resultsDir, { compression: gzip });
  await gzipped.save("gzip", { rows: 30_000 });
  const zstded = new TestStore(store.resultsDir, { compression: zstd });
  await zstded.save("zstd", { rows: 300_000 });
  for await (const { name } of Deno.readDir(ORIGINAL)) {
    if (name.endsWith(".md")) continue;
    await Deno.mkdir(`${store.resultsDir}/${name}`);
    for await (const file of Deno.readDir(`${ORIGINAL}/${name}`)) {
      const path = `${name}/${file.name}`;
      await Deno.copyFile(`${ORIGINAL}/${path}`, `${store.resultsDir}/${path}`);
    }
  }
  await withUnknownKeys(`${store.resultsDir}/thermal_cascade_001`);
  const pushed = await client().push(zstded, { blocks: true });
  assertEquals(counts(pushed), { added: 8 });
  await using elsewhere = await TestStore.make();
  const reader = client("reader");
  for await (const { runId } of zstded.runs()) {
    const pulled = await reader.pull(runId, elsewhere, { benchId: "rig-1" });
    assertEquals(pulled.wasThere, false);
    assertEquals((await client().pull(runId, elsewhere)).wasThere, true);
  }
  assertEquals(await elsewhere.files(), await store.files());
});

const ORIGINAL = fromRoot("tests/testdata/astraguard-runs");

/** Adds a key that nobody knows, and spells a number in another way. */
async function withUnknownKeys(directory: string): Promise<void> {
  const path = `${directory}/latency_summary.json`;
  const text = await Deno.readTextFile(path);
  await Deno.writeTextFile(
    path,
    text.replace(/\}\s*$/, ', "from_elsewhere": [1.0e2, "é\\u0000"]}\n\n')
      // A figure that somebody has changed by hand is none of the fleet's.
      .replace(/"p50_ms": [0-9.]+/, '"p50_ms": 1.50'),
  );
}

serverTest(
  "FleetClient.pull() refuses what it cannot give back, and leaves nothing",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    await store.save("a");
    await store.save("b");
    await client().push(store);
    await using elsewhere = await TestStore.make();
    await assertCode(() => client().pull("a", elsewhere), "NO_BLOCK");
    await assertCode(() => client().pull("x", elsewhere), "RUN_NOT_FOUND");
    await assertCode(
      () => client("bench_rig-2").pull("a", elsewhere, { benchId: "rig-1" }),
      "RUN_NOT_FOUND",
    );
    const pushed = await client().push(store, { blocks: true });
    assertEquals(counts(pushed), { replaced: 2 });
    await elsewhere.save("a", { seed: 3 });
    const before = await elsewhere.files();
    const error = await assertRejects(
      () => client().pull("a", elsewhere),
      StorageError,
    );
    assertEquals(error.code, "RUN_EXISTS");
    await fleet().admin`update fleet.runs set summary = summary || '\\x20'`;
    await assertCode(() => client().pull("b", elsewhere), "DAMAGED");
    await fleet().admin`update fleet.runs
    set summary = substr(summary, 1, length(summary) - 1)`;
    await fleet().admin`update fleet.blocks
    set bytes = overlay(bytes placing '\\x00' from length(bytes) - 10)`;
    await assertCode(() => client().pull("b", elsewhere), "DAMAGED");
    await fleet().admin`delete from fleet.blocks`;
    await assertCode(() => client().pull("b", elsewhere), "DAMAGED");
    assertEquals(await elsewhere.files(), before);
    const left = await Array.fromAsync(
      Deno.readDir(`${elsewhere.resultsDir}/.fleet`),
    );
    assertEquals(left, []);
  },
);

serverTest(
  "FleetClient.push() skips damaged runs, says why, and keeps what the fleet has of them",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    for (const runId of ["a", "b", "c", "d"]) await store.save(runId);
    await client().push(store);
    await Deno.writeTextFile(`${store.resultsDir}/b/latency_summary.json`, "{");
    await store.save("c", { seed: 2 });
    await Deno.writeTextFile(`${store.resultsDir}/c/latency_raw.csv`, "x");
    await Deno.remove(`${store.resultsDir}/d/latency_summary.json`);
    const { skipped, ...rest } = await client().push(store);
    assertEquals(skipped.map(({ code }) => code), [
      "RUN_DAMAGED",
      "RUN_DAMAGED",
    ]);
    assertEquals([rest.unchanged, rest.deleted, rest.replaced], [1, 0, 0]);
    const [left] = await fleet()
      .admin`select count(*)::int as n from fleet.runs`;
    assertEquals(left!.n, 4);
  },
);

serverTest(
  "FleetClient.push() sends the summary of a run whose measurements are gone",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    await store.save("a");
    await Deno.remove(`${store.resultsDir}/a/latency_raw.csv`);
    const pushed = await client().push(store, { blocks: true });
    assertEquals(counts(pushed), { added: 1 });
    assertEquals(counts(await client().push(store, { blocks: true })), {
      unchanged: 1,
    });
    await assertCode(() => client().pull("a", store), "NO_BLOCK");
  },
);

serverTest(
  "FleetClient.push() takes ids with characters that it escapes others by",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    const { LatencyCollector } = await import("@astraguard/hil-metrics");
    const collector = new LatencyCollector();
    const ids = ["␛", "␛0000", "é", "\u{1f6f0}"];
    for (const satelliteId of ids) {
      collector.record({
        ...{ metricType: "m", satelliteId, durationMs: 1, scenarioTimeS: 0 },
      });
    }
    await store.run("␛ü").saveLatencyStats(collector);
    assertEquals(counts(await client().push(store)), { added: 1 });
    const rows = await fleet().admin`
    select satellite_id from fleet.series where satellite_id is not null`;
    assertEquals(new Set(rows.map((it) => it.satellite_id)).size, ids.length);
    assertEquals(counts(await client().push(store)), { unchanged: 1 });
    await store.run("␛ü").deleteRun();
    assertEquals(counts(await client().push(store)), { deleted: 1 });
  },
);

serverTest(
  "FleetClient.push() keeps runs with the longest ids there can be, and long labels",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    await using other = await TestStore.make();
    const ids = ["a".repeat(255), "b".repeat(251), "␛".repeat(85)];
    const labels = { note: "␛".repeat(300) + "\ud800" };
    for (const id of ids) await store.save(id, { labels });
    assertEquals(counts(await client().push(store, { blocks: true })), {
      added: 3,
    });
    assertEquals(counts(await client().push(store, { blocks: true })), {
      unchanged: 3,
    });
    for (const id of ids) await client().pull(id, other);
    assertEquals(await other.files(), await store.files());
    using reader = new FleetReader(fleet().optionsOf("reader"));
    const runs = await reader.recentRuns({ labels });
    assertEquals(new Set(runs.map(({ runId }) => runId)), new Set(ids));
    for (const run of runs) assertEquals(run.labels, labels);
    const { count } = await reader.percentiles({
      ...{ metricType: "detection", exact: true },
    });
    assertEquals(count, 60);
  },
);

serverTest(
  "FleetClient.push() sends a run of ten thousand series",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    const { LatencyCollector } = await import("@astraguard/hil-metrics");
    const collector = new LatencyCollector();
    for (let i = 0; i < 10_000; i++) {
      collector.recordFaultDetection(`SAT${i}`, i, i);
    }
    await store.run("wide").saveLatencyStats(collector);
    await client().push(store);
    const [row] = await fleet().admin`
    select count(*)::int as n, count(sketch)::int as sketches
    from fleet.series`;
    assertEquals(row, { n: 10_001, sketches: 10_000 });
  },
);

serverTest(
  "a store that was copied, restored or cut back does not overwrite another's runs",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    await store.save("a");
    await store.save("b");
    await client().push(store);
    const before = await fleet().contents();

    const copyDir = await Deno.makeTempDir({ prefix: "hil-metrics-" });
    await copyAll(store.resultsDir, copyDir);
    await using copy = new TestStore(copyDir);
    await copy.run("a").deleteRun();
    await assertCode(() => client().push(copy), "STORE_COPIED");

    await using other = await TestStore.make();
    await other.save("c");
    await assertCode(() => client().push(other), "BENCH_TAKEN");
    assertEquals(await fleet().contents(), before);

    // Renamed, it is the same store.
    const renamed = `${store.resultsDir}-renamed`;
    await Deno.rename(store.resultsDir, renamed);
    try {
      assertEquals(counts(await client().push(new TestStore(renamed))), {
        unchanged: 2,
      });
    } finally {
      await Deno.rename(renamed, store.resultsDir);
    }

    // The copy can have a bench of its own.
    await Deno.remove(`${copyDir}/.fleet`, { recursive: true });
    const pushed = await client("bench_rig-2").push(copy);
    assertEquals(counts(pushed), { added: 1 });
  },
);

serverTest(
  "of two disks that were alike, the one that pushes second is told",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    await store.save("a");
    await client().push(store);
    // An image of a disk keeps even the numbers of its directories.
    const path = `${store.resultsDir}/.fleet/pushes`;
    const image = await Deno.readTextFile(path);
    await client().push(store);
    await Deno.writeTextFile(path, image);
    await store.run("a").deleteRun();
    await store.save("b");
    await assertCode(() => client().push(store), "STORE_FORKED");
    const ids = await fleet().admin`select run_id from fleet.pushed`;
    assertEquals([...ids], [{ run_id: "a" }]);
  },
);

serverTest(
  "FleetClient.adopt() has a restored store go on, and keeps what only the fleet has",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    for (const runId of ["a", "b", "c"]) await store.save(runId);
    await client().push(store, { blocks: true });
    await using restored = await TestStore.make();
    await copyAll(`${store.resultsDir}/a`, `${restored.resultsDir}/a`);
    await restored.save("b", { seed: 2 });
    await restored.save("d");
    await assertCode(() => client().push(restored), "BENCH_TAKEN");
    await client().adopt(restored);
    const pushed = await client().push(restored, { blocks: true });
    assertEquals(counts(pushed), { added: 1, replaced: 1, unchanged: 1 });
    await assertCode(() => client().push(store), "BENCH_TAKEN");
    await client().pull("c", restored);
    // From now on it is its own, and goes when the store has it no more.
    assertEquals(counts(await client().push(restored, { blocks: true })), {
      unchanged: 4,
    });
    for (const runId of ["a", "c"]) await restored.run(runId).deleteRun();
    assertEquals(counts(await client().push(restored, { blocks: true })), {
      ...{ unchanged: 2, deleted: 2 },
    });
  },
);

serverTest(
  "a server that was restored from a backup gets what it lacks, and loses what was deleted since",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    for (const runId of ["a", "b"]) await store.save(runId);
    await client().push(store);
    const { admin } = fleet();
    const tables = ["pushed", "runs", "series", "blocks", "benches"];
    for (const table of tables) {
      await admin`create table ${admin(`backup_${table}`)}
      as table fleet.${admin(table)}`;
    }
    await store.run("a").deleteRun();
    await store.save("b", { seed: 2 });
    await store.save("c");
    for (let i = 0; i < 3; i++) await client().push(store);
    const wanted = await fleet().contents();
    await admin`truncate fleet.benches, fleet.pushed, fleet.runs, fleet.series,
    fleet.blocks`;
    for (const table of tables.toReversed()) {
      await admin`insert into fleet.${admin(table)}
      table ${admin(`backup_${table}`)}`;
      await admin`drop table ${admin(`backup_${table}`)}`;
    }
    assertEquals(counts(await client().push(store)), {
      ...{ added: 1, replaced: 1, deleted: 1 },
    });
    assertEquals(await fleet().contents(), wanted);
  },
);

serverTest("a run that is pushed twice at once is there once", async () => {
  await fleet().clear();
  await using store = await TestStore.make();
  for (let i = 0; i < 20; i++) await store.save(`run_${i}`);
  const outcomes = await Promise.allSettled(
    [1, 2, 3].map(() => client().push(store)),
  );
  // Each waits a little for its turn, and has it or is told.
  let added = 0;
  for (const outcome of outcomes) {
    if (outcome.status === "fulfilled") added += outcome.value.added;
    else assertEquals((outcome.reason as FleetError).code, "BUSY");
  }
  assertEquals(added, 20);
  assertEquals(counts(await client().push(store)), { unchanged: 20 });
  const [row] = await fleet().admin`
    select count(*)::int as n, count(distinct run_id)::int as ids
    from fleet.runs`;
  assertEquals(row, { n: 20, ids: 20 });
});

serverTest(
  "runs of a clock that goes wrong are kept in months that there can be",
  async () => {
    await fleet().clear();
    const times = [
      "1970-01-01T00:00:01Z",
      "2026-03-31T12:00:00Z",
      "2099-01-01Z",
    ];
    await using store = await TestStore.make();
    for (const [i, time] of times.entries()) {
      const clock = () => new Date(time).getTime() / 1000;
      await new TestStore(store.resultsDir, { clock }).save(`run_${i}`);
    }
    // Only another program writes a year like this.
    await store.save("run_3");
    const path = `${store.resultsDir}/run_3/latency_summary.json`;
    const { summary_xxh32: _, ...summary } = JSON.parse(
      await Deno.readTextFile(path),
    );
    await Deno.writeTextFile(
      path,
      JSON.stringify({ ...summary, timestamp: "+275760-09-13T00:00:00" }),
    );
    assertEquals(counts(await client().push(store)), { added: 4 });
    const rows = await fleet().admin<{ saved_at: Date; received_at: Date }[]>`
    select saved_at, received_at from fleet.runs order by run_id`;
    assertEquals(rows[0]!.saved_at, new Date("2000-01-01T00:00:00Z"));
    assertEquals(rows[1]!.saved_at, new Date(times[1]!));
    assertEquals(rows[2]!.saved_at, rows[2]!.received_at);
    assertEquals(rows[3]!.saved_at, rows[3]!.received_at);
    assertEquals(counts(await client().push(store)), { unchanged: 4 });
    const [bench] = await fleet().admin`
    select clock_ahead_ms from fleet.benches where bench_id = 'rig-1'`;
    assert(Math.abs(bench!.clock_ahead_ms) < 5000);
  },
);

serverTest(
  "runs of months that were dropped are not brought back",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    const clock = () => new Date("2024-05-05T12:00:00Z").getTime() / 1000;
    await new TestStore(store.resultsDir, { clock }).save("old");
    await store.save("new");
    assertEquals(counts(await client().push(store)), { added: 2 });
    const owner = fleet().as("owner");
    const { dropped } = await retain(owner, new Date("2024-06-15"));
    assert(dropped.includes("2024-05"));
    assertEquals(counts(await client().push(store)), {
      ...{ unchanged: 1, tooOld: 1 },
    });
    const [row] = await fleet()
      .admin`select count(*)::int as n from fleet.pushed`;
    assertEquals(row!.n, 1);
  },
);

serverTest(
  "months that are being read are dropped afterwards, and hold no push up",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    const clock = () => new Date("2023-05-05T12:00:00Z").getTime() / 1000;
    await new TestStore(store.resultsDir, { clock }).save("old");
    assertEquals(counts(await client().push(store)), { added: 1 });
    const reader = fleet().as("reader");
    await reader`begin`;
    await reader`select from fleet.runs`;
    const retained = retain(fleet().as("owner"), new Date("2023-06-15"));
    let isDropped = false;
    retained.then(() => isDropped = true, () => {});
    const waiting = () =>
      fleet().admin`
        select from pg_locks where not granted and mode = 'AccessExclusiveLock'`;
    while ((await waiting()).length === 0);
    await store.save("new");
    const { added } = await client().push(store, {
      ...{ stallMs: 5000, patienceMs: 0 },
    });
    assertEquals([added, isDropped], [1, false]);
    await reader`commit`;
    assert((await retained).dropped.includes("2023-05"));
  },
);

serverTest(
  "FleetClient.push() stops when it is told to, and goes on from there",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    for (let i = 0; i < 30; i++) await store.save(`run_${i}`);
    const stop = new AbortController();
    const error = await assertRejects(() =>
      client().push(store, {
        signal: stop.signal,
        onProgress: ({ added }) => {
          if (added >= 7) stop.abort(new Error("enough"));
        },
      })
    );
    assertEquals((error as Error).message, "enough");
    const { added, unchanged } = await client().push(store);
    assertEquals(added + unchanged, 30);
    assert(unchanged >= 7 && unchanged < 30, `${unchanged}`);
  },
);

serverTest(
  "FleetClient.push() deletes nothing when another directory has taken the store's place",
  async () => {
    await fleet().clear();
    await using store = await TestStore.make();
    for (let i = 0; i < 5; i++) await store.save(`run_${i}`);
    await client().push(store);
    await store.save("run_9");
    const aside = `${store.resultsDir}-aside`;
    // As if the disk was unmounted in the middle of a push.
    await assertCode(() =>
      client().push(store, {
        onProgress: () => {
          try {
            Deno.renameSync(store.resultsDir, aside);
            Deno.mkdirSync(store.resultsDir);
          } catch {
            // It was done at an earlier run.
          }
        },
      }), "STORE_COPIED");
    await Deno.remove(store.resultsDir, { recursive: true });
    await Deno.rename(aside, store.resultsDir);
    const [row] = await fleet()
      .admin`select count(*)::int as n from fleet.runs`;
    assert(row!.n >= 5);
  },
);

serverTest("FleetClient.push() says what it cannot do", async () => {
  await fleet().clear();
  await using store = await TestStore.make();
  await store.save("a");
  const options = fleet().optionsOf("bench_rig-1");
  const push = (changed: Partial<typeof options>) =>
    new FleetClient({ ...options, ...changed }).push(store, {
      patienceMs: 300,
    });
  await assertCode(() => push({ user: "reader" }), "NO_BENCH");
  await assertCode(() => push({ user: "bench_rig-9" }), "LOGIN_REFUSED");
  await assertCode(() => push({ password: "wrong" }), "LOGIN_REFUSED");
  await assertCode(() => push({ port: 1 }), "UNREACHABLE");
  await assertCode(() => push({ database: "template1" }), "SCHEMA_MISSING");
  await assertRejects(
    () => client().push(store, { connections: 0 }),
    RangeError,
  );
  await fleet().admin`insert into fleet.migrations values (99, 'newer')`;
  await assertCode(() => push({}), "SCHEMA_NEWER");
  await fleet().admin`delete from fleet.migrations where version > 1`;
  await assertCode(() => push({}), "SCHEMA_OLDER");
  await fleet().admin`insert into fleet.migrations values (2, 'again')`;
  const missing = new TestStore(`${store.resultsDir}/missing`);
  await assertRejects(() => client().push(missing), StorageError);
});

async function copyAll(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyAll(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}
