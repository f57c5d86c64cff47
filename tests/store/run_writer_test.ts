import {
  assert,
  assertEquals,
  assertGreater,
  assertRejects,
} from "@std/assert";
import fc from "fast-check";
import {
  LatencyCollector,
  type NewMeasurement,
  RunStore,
  StorageError,
} from "@astraguard/hil-metrics";
import {
  collectorOfDetections,
  tree,
  withResultsDir,
} from "../_results_dir.ts";
import { abandonBatch } from "../_abandoned_batch.ts";
import { storeOn, systemFilesWith } from "../_storage_on.ts";
import { TurnCounter } from "../event_loop/_turn_counter.ts";

const CLOCK = { clock: () => 1_770_645_801.25 };

function measurement(i: number): NewMeasurement {
  return {
    metricType: i % 3 === 0 ? "fault_detection" : "agent_decision",
    satelliteId: `SAT${i % 7}`,
    durationMs: 75 + (i * 31 % 100) / 7,
    scenarioTimeS: i / 10,
    timestamp: 1_770_645_801 + i / 8,
  };
}

function measurements(count: number, from = 0): NewMeasurement[] {
  return Array.from({ length: count }, (_, i) => measurement(from + i));
}

function collectorOf(all: readonly NewMeasurement[]): LatencyCollector {
  const collector = new LatencyCollector();
  for (const each of all) collector.record(each);
  return collector;
}

async function* slowly(
  all: readonly NewMeasurement[],
): AsyncGenerator<NewMeasurement> {
  for (const [i, each] of all.entries()) {
    if (i % 5000 === 0) await new Promise((resolve) => setTimeout(resolve));
    yield each;
  }
}

async function assertCode(work: Promise<unknown>, code: string): Promise<void> {
  const error = await assertRejects(() => work, StorageError);
  assertEquals(error.code, code, error.message);
}

/** The bytes of both files of a run, with its id taken out of its summary. */
async function bytesOf(store: RunStore, runId: string): Promise<string[]> {
  const directory = `${store.resultsDir}/${runId}`;
  const summary = await Deno.readTextFile(`${directory}/latency_summary.json`);
  const csv = await Deno.readTextFile(`${directory}/latency_raw.csv`);
  return [
    csv,
    summary.replace(/"run_id": "[^"]*"/, "")
      .replace(/"summary_xxh32": "\w*"/, ""),
  ];
}

Deno.test("RunWriter.close() writes the files of a save, whatever batches they came in", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { durability: "none", ...CLOCK });
    const labels = { rig: "7" };
    for (const rows of [0, 1, 999, 1025, 20_000, 40_000]) {
      const all = measurements(rows);
      await store.run("saved").saveLatencyStats(collectorOf(all), { labels });
      const batchesOf: Record<string, () => unknown[]> = {
        collectors: () => [all.slice(0, 700), all.slice(700)].map(collectorOf),
        arrays: () => [all.slice(0, 10), all.slice(10, 20), all.slice(20)],
        iterables: () => [new Set(all)],
        "async iterables":
          () => [slowly(all.slice(0, 3)), slowly(all.slice(3))],
      };
      for (const [kind, batches] of Object.entries(batchesOf)) {
        await using writer = await store.openRun("streamed", { labels });
        for (const batch of batches()) await writer.append(batch as never);
        assertEquals(writer.length, rows);
        await writer.close();
        assertEquals(
          await bytesOf(store, "streamed"),
          await bytesOf(store, "saved"),
          `${rows} rows as ${kind}`,
        );
      }
    }
    assertEquals((await store.run("streamed").verifyRun()).ok, true);
    assertEquals((await tree(resultsDir)).filter((it) => it.startsWith(".")), [
      ".staging/",
      ".streams/",
    ]);
  }));

Deno.test("RunWriter.append() takes of a collector what it has not taken yet, all at once or in turns", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { durability: "none" });
    await using writer = await store.openRun("run");
    const collector = new LatencyCollector();
    const all = measurements(60_000);
    const appends: Promise<void>[] = [];
    for (const [i, each] of all.entries()) {
      collector.record(each);
      if (i % 10_000 === 0) appends.push(writer.append(collector));
      if (i % 25_000 === 0) await writer.append(collector);
    }
    await Promise.all(appends);
    await writer.append(collector);
    await writer.append(collector);
    assertEquals(writer.length, all.length);
    collector.reset();
    collector.record(measurement(1));
    await writer.append(collector);
    await writer.close();
    const loaded = await store.run("run").loadMeasurements();
    assertEquals([...loaded], [...all, measurement(1)] as never);
  }));

Deno.test("RunWriter.append() keeps numbers bit for bit, -0 and the smallest included", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { durability: "none" });
    await using writer = await store.openRun("run");
    const finite = fc.double({ min: 0, noNaN: true, noDefaultInfinity: true });
    const wanted = [-0, 0, 5e-324, 1.7976931348623157e308, 0.1];
    wanted.push(...fc.sample(finite, 1000));
    await writer.append(
      wanted.map((durationMs) => ({ ...measurement(0), durationMs })),
    );
    await writer[Symbol.asyncDispose]();
    await store.recover();
    const found = [...await store.run("run").loadMeasurements()];
    assertEquals(found.map(({ durationMs }) => durationMs), wanted);
    assert(Object.is(found[0]!.durationMs, -0));
  }));

Deno.test("RunWriter.append() refuses a batch with a bad measurement whole, and what else is no batch", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    await using writer = await store.openRun("run");
    const good = measurements(5);
    await writer.append(good);
    const bad = { ...measurement(9), durationMs: NaN };
    const fresh = { ...measurement(9), satelliteId: "NEW" };
    for (
      const batch of [
        [fresh, ...good, bad],
        new Set([...good, bad]),
        slowly([...good, bad]),
        slowly([fresh, ...measurements(50_000), bad]),
      ]
    ) {
      await assertRejects(() => writer.append(batch), RangeError, "NaN");
      assertEquals(writer.length, 5);
    }
    await assertRejects(
      () => writer.append([{ ...fresh, satelliteId: 5 as never }]),
      TypeError,
    );
    for (const batch of [undefined, null, 7, "text", {}]) {
      await assertRejects(() => writer.append(batch as never), TypeError);
    }
    const theirs = {
      [Symbol.for("@astraguard/hil-metrics/LatencyCollector")]: true,
    };
    await assertRejects(
      () => writer.append(theirs as never),
      TypeError,
      "another copy",
    );
    await assertRejects(
      () =>
        writer.append((async function* () {
          yield measurement(1);
          await Promise.reject(new Error("the device is gone"));
        })()),
      Error,
      "the device is gone",
    );
    await writer.append([fresh]);
    await writer.close();
    const metrics = await store.run("run").getRunMetrics();
    assertEquals(metrics?.total_measurements, 6);
    assertEquals(Object.keys(metrics!.stats_by_satellite).at(-1), "NEW");
  }));

Deno.test("RunWriter.append() shares writes and syncs among those in flight", () =>
  withResultsDir(async (resultsDir) => {
    const counts = { write: 0, syncData: 0 };
    const files = systemFilesWith({
      open: async (path, options) => {
        const file = await Deno.open(path, options);
        if (options?.append) {
          for (const name of ["write", "syncData"] as const) {
            const call = file[name].bind(file) as (it: never) => never;
            file[name] = ((it: never) => {
              counts[name]++;
              return call(it);
            }) as never;
          }
        }
        return file;
      },
    });
    const store = storeOn(files, resultsDir);
    await using writer = await store.openRun("run");
    const before = { ...counts };
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => writer.append(measurements(10, i))),
    );
    assertEquals(counts.write - before.write, 1);
    assertEquals(counts.syncData - before.syncData, 1);
    const first = writer.append(measurements(1));
    await Promise.resolve().then(() => {}).then(() => {});
    const others = Array.from(
      { length: 5 },
      () => writer.append(measurements(1)),
    );
    await Promise.all([first, ...others]);
    assertEquals(counts.syncData - before.syncData, 3);
    assertEquals(writer.length, 86);
  }));

Deno.test("RunStore.openRun() of a run that is streamed, and its save and deletion, fail at once", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { lockTimeoutMs: Infinity });
    await store.run("run").saveLatencyStats(collectorOfDetections(1));
    await using writer = await store.openRun("run");
    await writer.append(measurements(1));
    const other = new RunStore(`${resultsDir}/.`);
    await assertCode(other.openRun("run"), "LOCKED");
    await assertCode(
      other.run("run").saveLatencyStats(collectorOfDetections(1)),
      "LOCKED",
    );
    await assertCode(other.run("run").deleteRun(), "LOCKED");
    assertEquals(await other.recover(), []);
    assertEquals((await store.run("run").verifyRun()).ok, true);
    await writer.close();
    assertEquals(await other.run("run").deleteRun(), true);
    await (await other.openRun("run")).abort();
    await other.run("run").saveLatencyStats(collectorOfDetections(1));
  }));

Deno.test("RunStore.openRun() with { ifExists: 'fail' } fails when it opens, or when it closes", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    await using writer = await store.openRun("run", { ifExists: "fail" });
    await writer.append(measurements(3));
    // As the original does, which knows of no streams.
    await Deno.mkdir(`${resultsDir}/run`);
    await Deno.writeTextFile(`${resultsDir}/run/latency_summary.json`, "{}");
    await assertCode(store.openRun("run", { ifExists: "fail" }), "LOCKED");
    await assertCode(writer.close(), "RUN_EXISTS");
    await writer[Symbol.asyncDispose]();
    await assertCode(store.openRun("run", { ifExists: "fail" }), "RUN_EXISTS");
    assertEquals(await store.recover(), ["run_recovered"]);
    const metrics = await store.run("run_recovered").getRunMetrics();
    // It was being closed.
    assertEquals(metrics?.incomplete, undefined);
    assertEquals(metrics?.run_id, "run_recovered");
    assertEquals((await store.run("run_recovered").verifyRun()).ok, true);
  }));

Deno.test("RunWriter keeps its journal when it is left without close(), and abort() drops it", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    {
      await using writer = await store.openRun("kept", { labels: { a: "b" } });
      await writer.append(measurements(7));
    }
    {
      await using writer = await store.openRun("dropped");
      await writer.append(measurements(7));
      await writer.abort();
      await assertRejects(() => writer.append(measurements(1)), TypeError);
      await assertRejects(() => writer.close(), TypeError);
    }
    assertEquals(await store.recentRuns(), []);
    assertEquals(await store.recover(), ["kept"]);
    assertEquals(await store.recover(), []);
    const { incomplete, labels, total_measurements } = (await store.run("kept")
      .getRunMetrics())!;
    assertEquals({ incomplete, labels, total_measurements }, {
      incomplete: true,
      labels: { a: "b" },
      total_measurements: 7,
    });
    assertEquals(await store.recentRuns({ incomplete: true }), ["kept"]);
    assertEquals(await store.recentRuns({ incomplete: false }), []);
    assertEquals(await store.recentRuns(), ["kept"]);
    assertEquals((await store.run("kept").verifyRun()).ok, true);
    assertEquals(await tree(`${resultsDir}/.streams`), []);
  }));

Deno.test("RunWriter.close() keeps the id that a new directory was given for other processes, whose clocks may have gone back", () =>
  withResultsDir(async (resultsDir) => {
    const storeAt = (timeS: number) =>
      // File operations of its own, as another process has.
      storeOn(systemFilesWith({}), `${resultsDir}/new`, {
        clock: () => timeS,
      });
    const store = storeAt(1_770_645_801);
    const runId = store.newRunId();
    await using writer = await store.openRun(runId);
    await writer.close();
    assert(storeAt(1_770_000_000).newRunId() > runId);
  }));

Deno.test("RunWriter refuses to be used after close(), which may be called twice", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    const writer = await store.openRun("run");
    const appending = writer.append(slowly(measurements(20_000)));
    const [first, second] = await Promise.all([writer.close(), writer.close()]);
    await appending;
    assertEquals(first, second);
    assertEquals(writer.length, 20_000);
    await assertRejects(() => writer.append([]), TypeError, "closed");
    await assertRejects(() => writer.abort(), TypeError, "closed");
    await writer[Symbol.asyncDispose]();
    assertEquals((await store.run("run").verifyRun()).ok, true);
  }));

Deno.test("RunWriter does not wait in vain for an iterable when it is left", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { durability: "none" });
    let appending: Promise<void>;
    {
      await using writer = await store.openRun("run");
      await writer.append(measurements(2));
      appending = writer.append((async function* () {
        yield* measurements(20_000);
        await new Promise(() => {});
      })());
      appending.catch(() => {});
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    await assertRejects(() => appending, TypeError, "closed");
    await store.recover();
    assertEquals((await store.run("run").loadMeasurements()).length, 2);
  }));

Deno.test("RunWriter ends with its signal, and keeps what was appended", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    const aborting = new AbortController();
    const { signal } = aborting;
    await using writer = await store.openRun("run", { signal });
    await writer.append(measurements(4));
    const late = writer.append(measurements(1));
    aborting.abort(new Error("enough"));
    await assertRejects(() => late, Error, "enough");
    await assertRejects(() => writer.append([]), Error, "enough");
    await assertRejects(() => writer.close(), Error, "enough");
    await writer[Symbol.asyncDispose]();
    await assertRejects(() => store.openRun("x", { signal }), Error, "enough");
    assertEquals(await store.recover(), ["run"]);
    assertEquals((await store.run("run").loadMeasurements()).length, 4);
    assertEquals((await tree(resultsDir)).includes("x/"), false);
  }));

Deno.test("RunWriter.close() that waits for another writer ends with the reason of its signal, and keeps what was appended", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    await store.run("run").saveLatencyStats(collectorOfDetections(1));
    const aborting = new AbortController();
    const { signal } = aborting;
    await using writer = await store.openRun("run", { signal });
    await writer.append(measurements(4));
    const lock = `${resultsDir}/.staging/run`;
    await Deno.writeTextFile(lock, "");
    {
      using held = await Deno.open(lock, { read: true });
      await held.lock(true);
      const closing = writer.close();
      setTimeout(() => aborting.abort(new Error("enough")), 20);
      await assertRejects(() => closing, Error, "enough");
      const error = await closing.catch((it) => it);
      assertEquals(error, signal.reason);
    }
    await writer[Symbol.asyncDispose]();
    assertEquals((await store.run("run").loadMeasurements()).length, 1);
    assertEquals(await store.recover(), ["run_recovered"]);
  }));

Deno.test("RunStore.recover() takes a free id beside a batch that has the run, and replaces nothing", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    {
      await using writer = await store.openRun("a");
      await writer.append(measurements(4));
    }
    await abandonBatch(resultsDir, ["a", "b"]);
    assertEquals(await store.recover(), ["a_recovered"]);
    for (const [runId, rows] of [["a", 3], ["a_recovered", 4]] as const) {
      const run = store.run(runId);
      assertEquals((await run.loadMeasurements()).length, rows);
      assertEquals((await run.repairRun()).verification.problems, []);
    }
  }));

Deno.test("RunWriter.close() tells its progress, and what it throws ends it", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { durability: "none" });
    let last = 0;
    let isToFail = true;
    await using writer = await store.openRun("run", {
      onProgress: ({ rows, totalRows }) => {
        assertEquals(totalRows, 30_000);
        if (isToFail) throw new Error("stop");
        assert(rows >= last);
        last = rows;
      },
    });
    await writer.append(measurements(30_000));
    await assertRejects(() => writer.close(), Error, "stop");
    // Where it ran out of room, others need what it took.
    assertEquals(await tree(`${resultsDir}/.streams/run`), ["journal"]);
    isToFail = false;
    await writer.close();
    assertEquals(last, 30_000);
    assertEquals((await store.run("run").verifyRun()).ok, true);
  }));

Deno.test("RunWriter gives way while it appends, closes and recovers", () =>
  withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { durability: "none" });
    const rows = 200_000;
    const collector = collectorOf(measurements(rows));
    using counter = new TurnCounter();
    const writer = await store.openRun("run");
    await writer.append(collector);
    assertGreater(counter.turns, Math.floor(rows / 16_384) - 1);
    const before = counter.turns;
    await writer.close();
    // Two passes of tallies and frames, and the CSV twice in 256 rows.
    assertGreater(counter.turns - before, 2 * rows / 256 + 2 * rows / 1024);
  }));

Deno.test("RunStore.recover({ runId }) leaves other journals alone", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (const runId of ["one", "other"]) {
      await using writer = await store.openRun(runId);
      await writer.append(collectorOfDetections(1));
    }
    assertEquals(await store.recover({ runId: "one" }), ["one"]);
    assertEquals(await store.recover(), ["other"]);
    await assertRejects(
      () => store.recover({ runId: 1 as unknown as string }),
      TypeError,
    );
  });
});
