import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import {
  gzip,
  LatencyCollector,
  RunStore,
  type RunToSave,
  type SaveRunsOptions,
  StorageError,
} from "@astraguard/hil-metrics";
import {
  collectorOfDetections,
  tree,
  withResultsDir,
} from "../_results_dir.ts";
import { storeOn, systemFilesWith } from "../_storage_on.ts";

/** Runs of these ids, each of as many rows as its place from 1. */
function runsOf(ids: readonly string[], durationMs = 75.5): RunToSave[] {
  return ids.map((runId, at) => ({
    runId,
    collector: collectorOfDetections(at + 1, durationMs),
  }));
}

/** Each run that is listed, and its figures. */
async function read(store: RunStore): Promise<Record<string, string>> {
  const runs: Record<string, string> = {};
  for await (const { runId, metrics } of store.runs({ orderBy: "name" })) {
    const loaded = await store.run(runId).loadMeasurements();
    const [first] = loaded;
    assertEquals(loaded.length, metrics.total_measurements);
    runs[runId] = `${loaded.length} x ${first?.durationMs}`;
  }
  return runs;
}

/** Everything in the directory but for what stays of every save. */
async function left(resultsDir: string): Promise<string[]> {
  return (await tree(resultsDir)).filter((path) =>
    path !== ".staging/" && path !== ".batches/"
  );
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  const error = await assertRejects(() => work, StorageError);
  return error.code;
}

Deno.test("RunStore.saveRuns() saves new runs and overwrites others, and tells where", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { clock: () => 1_770_645_801 });
    await store.run("b").saveLatencyStats(collectorOfDetections(9));
    const saved = await store.saveRuns([
      { runId: "c", collector: collectorOfDetections(3), labels: { of: "c" } },
      { runId: "b", collector: collectorOfDetections(2) },
      { runId: "a", collector: new LatencyCollector() },
    ]);
    assertEquals(
      saved,
      ["c", "b", "a"].map((runId) => ({
        summary: `${resultsDir}/${runId}/latency_summary.json`,
        raw: `${resultsDir}/${runId}/latency_raw.csv`,
      })),
    );
    assertEquals(await read(store), {
      c: "3 x 75.5",
      b: "2 x 75.5",
      a: "0 x undefined",
    });
    const c = await store.run("c").getRunMetrics();
    assertEquals(c?.labels, { of: "c" });
    for (const runId of ["a", "b", "c"]) {
      assertEquals((await store.run(runId).verifyRun()).problems, []);
    }
    assertEquals(await left(resultsDir), [
      "a/",
      "a/latency_raw.csv",
      "a/latency_summary.json",
      "b/",
      "b/latency_raw.csv",
      "b/latency_summary.json",
      "c/",
      "c/latency_raw.csv",
      "c/latency_summary.json",
    ]);
  });
});

Deno.test("RunStore.saveRuns() writes the bytes that single saves write", async () => {
  await withResultsDir(async (resultsDir) => {
    const clock = () => 1_770_645_801;
    for (const compression of [undefined, gzip]) {
      const options = { clock, ...(compression && { compression }) };
      const one = new RunStore(`${resultsDir}/one`, options);
      const all = new RunStore(`${resultsDir}/all`, options);
      const runs = runsOf(["a", "b"]);
      for (const { runId, collector } of runs) {
        await one.run(runId).saveLatencyStats(collector);
      }
      for (let round = 0; round < 2; round++) {
        for (const { summary, raw } of await all.saveRuns(runs)) {
          for (const path of [summary, raw]) {
            assertEquals(
              await Deno.readFile(path),
              await Deno.readFile(path.replace("/all/", "/one/")),
            );
          }
        }
      }
      await Deno.remove(`${resultsDir}/one`, { recursive: true });
      await Deno.remove(`${resultsDir}/all`, { recursive: true });
    }
  });
});

Deno.test("RunStore.saveRuns() does to a directory what single saves do", async () => {
  const ids = fc.uniqueArray(fc.constantFrom("a", "b", "c", "d", "ü #%"), {
    maxLength: 5,
  });
  const step = fc.record({
    kind: fc.constantFrom("save", "delete", "one" as const),
    ids,
    durationMs: fc.integer({ min: 1, max: 99 }),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 6 }), async (steps) => {
      await withResultsDir(async (resultsDir) => {
        const store = new RunStore(resultsDir, { durability: "none" });
        const wanted: Record<string, string> = {};
        for (const { kind, ids, durationMs } of steps) {
          const runs = runsOf(ids, durationMs);
          if (kind === "save") await store.saveRuns(runs);
          for (const { runId, collector } of runs) {
            if (kind === "delete") {
              const isThere = Object.hasOwn(wanted, runId);
              assertEquals(await store.run(runId).deleteRun(), isThere);
              delete wanted[runId];
              continue;
            }
            if (kind === "one") {
              await store.run(runId).saveLatencyStats(collector);
            }
            wanted[runId] = `${collector.length} x ${durationMs}`;
          }
          assertEquals(await read(store), wanted);
        }
      });
    }),
    { numRuns: 25 },
  );
});

Deno.test("RunStore.saveRuns() refuses a wrong batch, and touches no file", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(`${resultsDir}/none`);
    const collector = collectorOfDetections(1);
    const cases: [unknown, unknown, string][] = [
      [undefined, {}, "TypeError"],
      [{ runId: "a", collector }, {}, "TypeError"],
      [["a"], {}, "TypeError"],
      [[{ runId: "a" }], {}, "TypeError"],
      [[{ runId: "a", collector: {} }], {}, "TypeError"],
      [[{ runId: "a", collector, labels: 1 }], {}, "TypeError"],
      [[{ runId: "../a", collector }], {}, "StorageError"],
      [[{ runId: ".a", collector }], {}, "StorageError"],
      [runsOf(["a", "b", "a"]), {}, "RangeError"],
      [runsOf(["a"]), 1, "TypeError"],
      [runsOf(["a"]), { ifExists: "skip" }, "TypeError"],
      [runsOf(["a"]), { signal: 1 }, "TypeError"],
      [runsOf(["a"]), { onProgress: 1 }, "TypeError"],
    ];
    for (const [runs, options, wanted] of cases) {
      const error = await assertRejects(() =>
        store.saveRuns(runs as RunToSave[], options as SaveRunsOptions)
      );
      assertEquals((error as Error).name, wanted, Deno.inspect(runs));
    }
    assertEquals(await store.saveRuns([]), []);
    assertEquals(await tree(resultsDir), []);
  });
});

Deno.test('RunStore.saveRuns({ ifExists: "fail" }) saves none if one is there', async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    await store.run("b").saveLatencyStats(collectorOfDetections(9));
    const before = await left(resultsDir);
    const saving = store.saveRuns(runsOf(["a", "b", "c"]), {
      ifExists: "fail",
    });
    assertEquals(await codeOf(saving), "RUN_EXISTS");
    assertEquals(await left(resultsDir), before);
    await store.saveRuns(runsOf(["a", "c"]), { ifExists: "fail" });
    assertEquals(Object.keys(await read(store)), ["c", "b", "a"]);
  });
});

Deno.test('RunStore.saveRuns({ ifExists: "fail" }) lets one of many win each run', async () => {
  await withResultsDir(async (resultsDir) => {
    for (let round = 0; round < 5; round++) {
      const store = new RunStore(`${resultsDir}/${round}`, {
        durability: "none",
      });
      const collector = collectorOfDetections(1);
      const fail = { ifExists: "fail" } as const;
      const results = await Promise.allSettled([
        store.saveRuns(runsOf(["a", "b", "c"]), fail),
        store.run("b").saveLatencyStats(collector, fail),
        store.saveRuns(runsOf(["b", "d"]), fail),
        store.run("d").saveLatencyStats(collector, fail),
      ]);
      const won = results.map(({ status }) => status === "fulfilled");
      const winners = ["a b c", "b", "b d", "d"].filter((_, at) => won[at])
        .flatMap((ids) => ids.split(" "));
      // No id has two, and each run that is there has one.
      assertEquals(new Set(winners).size, winners.length, `${winners}`);
      assertEquals(Object.keys(await read(store)).sort(), winners.sort());
      for (const result of results) {
        if (result.status === "rejected") {
          assertEquals(result.reason.code, "RUN_EXISTS");
        }
      }
    }
  });
});

Deno.test("RunStore.saveRuns() of the same runs in other orders wait for each other", async () => {
  await withResultsDir(async (resultsDir) => {
    const ids = ["a", "b", "c", "d"];
    const stores = [1, 2].map(() => new RunStore(resultsDir));
    for (let round = 0; round < 4; round++) {
      await Promise.all([
        stores[0]!.saveRuns(runsOf(ids, 1)),
        stores[1]!.saveRuns(runsOf(ids, 1).reverse()),
        stores[0]!.saveRuns(runsOf(["d", "x", "a"], 2)),
        stores[1]!.saveRuns(runsOf(["a", "d"], 3)),
      ]);
      const runs = await read(stores[0]!);
      assertEquals(Object.keys(runs), ["x", "d", "c", "b", "a"]);
      // "a" and "d" are of one batch.
      const [a, d] = [runs.a!, runs.d!].map((it) => it.split(" x ")[1]);
      assertEquals(a, d);
    }
    assertEquals(
      (await left(resultsDir)).filter((path) => path.includes(".")).length,
      10,
    );
  });
});

Deno.test("RunStore.saveRuns() ends with the reason of its signal, and changes nothing", async () => {
  await withResultsDir(async (resultsDir) => {
    // Aborted at each call of the system in turn, until none is left.
    let isDone = false;
    for (let at = 0; !isDone; at++) {
      const directory = `${resultsDir}/${at}`;
      const before = new RunStore(directory);
      await before.saveRuns(runsOf(["b", "c"], 1));
      const wanted = await left(directory);
      const abort = new AbortController();
      let calls = 0;
      const system = systemFilesWith({});
      const files = Object.fromEntries(
        Object.entries(system).map(([name, call]) => [
          name,
          (...values: unknown[]) => {
            if (calls++ === at) abort.abort("enough");
            return (call as (...values: unknown[]) => unknown)(...values);
          },
        ]),
      ) as unknown as typeof system;
      const store = storeOn(files, directory);
      try {
        await store.saveRuns(runsOf(["a", "b", "c"], 2), {
          signal: abort.signal,
        });
        // From the commit on nothing ends it.
        isDone = !abort.signal.aborted;
        assertEquals(Object.values(await read(before)), [
          "3 x 2",
          "2 x 2",
          "1 x 2",
        ]);
      } catch (error) {
        if (error !== "enough") throw error;
        assertEquals(await left(directory), wanted, `call ${at}`);
        assertEquals(await read(before), { b: "1 x 1", c: "2 x 1" });
      }
      await Deno.remove(directory, { recursive: true });
      assert(at < 2_000);
    }
  });
});

Deno.test("RunStore.saveRuns() tells how far all of them have come, and what that throws ends it", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    const rows: number[] = [];
    await store.saveRuns(runsOf(["a", "b", "c"]), {
      onProgress: (progress) => {
        rows.push(progress.rows);
        assertEquals(progress.totalRows, 6);
        assertEquals(progress.totalBytes, undefined);
      },
    });
    assertEquals(rows.at(-1), 6);
    assertEquals(rows, rows.toSorted((a, b) => a - b));
    const before = await left(resultsDir);
    const reason = new Error("enough");
    const error = await assertRejects(() =>
      store.saveRuns(runsOf(["a", "z"]), {
        onProgress: () => {
          throw reason;
        },
      })
    );
    assertEquals(error, reason);
    assertEquals(await left(resultsDir), before);
  });
});

Deno.test("RunStore.saveRuns() takes its measurements and labels when it is called", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    const collector = collectorOfDetections(2);
    const labels = { of: "then" };
    const saving = store.saveRuns([{ runId: "a", collector, labels }]);
    collector.recordFaultDetection("SAT1", 1, 2);
    labels.of = "later";
    await saving;
    const metrics = await store.run("a").getRunMetrics();
    assertEquals(metrics?.total_measurements, 2);
    assertEquals(metrics?.labels, { of: "then" });
  });
});

Deno.test("Readers see all of a batch or nothing while it is saved", async () => {
  await withResultsDir(async (resultsDir) => {
    const ids = ["a", "b", "c", "d", "e", "f"];
    for (let round = 0; round < 6; round++) {
      const store = new RunStore(resultsDir, { durability: "none" });
      const reader = new RunStore(resultsDir);
      // Of the rounds before, some are there and some are not.
      for (const id of ids.slice(round)) await store.run(id).deleteRun();
      const known = ids.map((id) => reader.run(id));
      for (const run of known) await run.getRunMetrics();
      let isOver = false;
      const saving = store.saveRuns(runsOf(ids, 10 + round))
        .finally(() => isOver = true);
      let hasSeen = false;
      do {
        const seen: (number | undefined)[] = [];
        for (const run of known) {
          const metrics = await run.getRunMetrics();
          seen.push(metrics?.stats.fault_detection?.mean_ms);
        }
        const isNew = seen.map((it) => it === 10 + round);
        // It may come while they are read: none is old after a new one.
        const first = isNew.indexOf(true);
        const isWhole = first < 0 || isNew.slice(first).every((it) => it);
        assert(isWhole && !(hasSeen && first !== 0), `${seen}`);
        hasSeen ||= first >= 0;
        const { length } = await reader.recentRuns();
        assert(hasSeen ? length === 6 : length === round || length === 6);
        hasSeen ||= length === 6 && round < 6;
        await new Promise((resolve) => setTimeout(resolve, 0));
      } while (!isOver);
      await saving;
    }
  });
});

Deno.test({
  name:
    "RunStore.saveRuns() writes through no link in place of .batches, and readers look into none",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withResultsDir(async (directory) => {
      const resultsDir = `${directory}/results`;
      const elsewhere = `${directory}/elsewhere`;
      await Deno.mkdir(`${elsewhere}/${crypto.randomUUID()}/b`, {
        recursive: true,
      });
      const store = new RunStore(resultsDir);
      await store.run("a").saveLatencyStats(collectorOfDetections(9));
      await Deno.symlink(elsewhere, `${resultsDir}/.batches`);
      const before = await tree(directory);
      const saving = store.saveRuns(runsOf(["a", "b"]));
      assertEquals(await codeOf(saving), "UNSAFE_PATH");
      assertEquals(await tree(directory), before);
      assertEquals(await store.run("b").getRunMetrics(), null);
      assertEquals(await store.recentRuns(), ["a"]);
      await store.run("a").saveLatencyStats(collectorOfDetections(1));
      await store.run("a").repairRun();
      assertEquals((await tree(elsewhere)).length, 2);
    }),
});

Deno.test("RunStore.recentRuns() sees all of a batch that comes and goes within one tick of the clock", async () => {
  await withResultsDir(async (resultsDir) => {
    const writer = new RunStore(resultsDir, { durability: "none" });
    // Room for names that are listed before and behind the batch's.
    await writer.saveRuns(
      runsOf(Array.from({ length: 40 }, (_, i) => `x${i}`)),
    );
    const ids = Array.from({ length: 40 }, (_, i) => `n${i}`);
    const batches = `${resultsDir}/.batches`;
    const tick = new Date(Date.now() + 3_600_000);
    await Deno.utime(batches, tick, tick);
    let names = 0;
    const files = systemFilesWith({
      async *readDir(path) {
        for await (const entry of Deno.readDir(path)) {
          if (path === resultsDir && ++names === 20) {
            await writer.saveRuns(runsOf(ids));
            await Deno.utime(batches, tick, tick);
          }
          yield entry;
        }
      },
    });
    const reader = storeOn(files, resultsDir);
    const found = await reader.recentRuns({ prefix: "n", limit: Infinity });
    assertEquals(found.length, ids.length);
  });
});

Deno.test("RunStore.saveRuns() saves nothing where one of its runs cannot be", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    await store.run("b").saveLatencyStats(collectorOfDetections(9));
    await Deno.writeTextFile(`${resultsDir}/c`, "a file");
    await Deno.mkdir(`${resultsDir}/d/latency_raw.csv`, { recursive: true });
    const before = await left(resultsDir);
    for (const inTheWay of ["c", "d"]) {
      const saving = store.saveRuns(runsOf(["a", "b", inTheWay]));
      assertEquals(await codeOf(saving), "UNSAFE_PATH", inTheWay);
      assertEquals(await left(resultsDir), before);
    }
    const tooLong = "ü".repeat(127);
    // Up to 4,096 bytes of a path, of which the id needs a sixteenth.
    const room = 4_096 - 254 - resultsDir.length - 40;
    const deep = `${resultsDir}/${"x".repeat(199)}`.padEnd(
      resultsDir.length + room,
      `/${"x".repeat(199)}`,
    );
    if (Deno.build.os === "linux") {
      const saving = new RunStore(deep).saveRuns(runsOf(["a", tooLong]));
      assertEquals(await codeOf(saving), "TOO_LARGE");
      await Deno.remove(`${resultsDir}/${"x".repeat(199)}`, {
        recursive: true,
      });
    }
    assertEquals(await left(resultsDir), before);
    assertEquals(await read(store), { b: "9 x 75.5" });
  });
});

Deno.test("RunStore.saveRuns() leaves alone what is not its own in .batches and in runs", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    await store.saveRuns(runsOf(["a", "b"]));
    const uuid = crypto.randomUUID();
    const others = [
      ".batches/notes/",
      ".batches/notes/c/",
      `a/.batch-${uuid}/`,
      `a/.batch-${uuid}/mine.txt`,
      "b/notes/",
    ];
    for (const path of others) {
      if (path.endsWith("/")) await Deno.mkdir(`${resultsDir}/${path}`);
      else await Deno.writeTextFile(`${resultsDir}/${path}`, "");
    }
    await store.saveRuns(runsOf(["a", "b"], 2));
    await store.run("a").repairRun();
    assertEquals(await read(store), { b: "2 x 2", a: "1 x 2" });
    const there = await tree(resultsDir);
    for (const path of others) assert(there.includes(path), path);
  });
});

Deno.test({
  name:
    "RunStore.saveRuns() shares .batches as the results directory is shared, and keeps modes of runs",
  ignore: Deno.build.os === "windows",
  fn: () =>
    withResultsDir(async (resultsDir) => {
      await Deno.chmod(resultsDir, 0o2775);
      const store = new RunStore(resultsDir);
      await store.run("a").saveLatencyStats(collectorOfDetections(9));
      await Deno.chmod(`${resultsDir}/a/latency_raw.csv`, 0o640);
      await store.saveRuns(runsOf(["a", "b"]));
      await store.run("c").saveLatencyStats(collectorOfDetections(9));
      const modeOf = (path: string) =>
        Deno.statSync(`${resultsDir}/${path}`).mode! & 0o7777;
      assertEquals(modeOf(".batches"), 0o2775);
      assertEquals(modeOf("a/latency_raw.csv"), 0o640);
      assertEquals(modeOf("b/latency_raw.csv"), modeOf("c/latency_raw.csv"));
      assertEquals(modeOf("b"), modeOf("c"));
    }),
});

Deno.test("A committed batch that nobody finishes is read and listed as a whole, also where nothing may be written", async () => {
  await withResultsDir(async (resultsDir) => {
    for (const mayWrite of [true, false]) {
      const directory = `${resultsDir}/${mayWrite}`;
      const made = new RunStore(directory);
      await made.run("b").saveLatencyStats(collectorOfDetections(9, 1));
      // As it is after a death: every rename after the commit fails.
      let isCommitted = false;
      const dying = storeOn(
        systemFilesWith({
          rename: async (from, to) => {
            if (isCommitted) throw new Error("dead");
            await Deno.rename(from, to);
            isCommitted = String(to).includes("/.batches/");
          },
        }),
        directory,
      );
      const saving = dying.saveRuns(runsOf(["a", "b", "c"], 2));
      assertEquals(await codeOf(saving), "COMMITTED_NOT_PUBLISHED");
      const files = systemFilesWith({ mayWrite: () => mayWrite });
      const before = await tree(directory);
      const listing = storeOn(files, directory);
      assertEquals(await listing.recentRuns({ orderBy: "name" }), [
        "c",
        "b",
        "a",
      ]);
      const { metrics } = await listing.compareRuns("c", "b");
      assertEquals(metrics.fault_detection?.this_mean_ms, 2);
      assertEquals(metrics.fault_detection?.other_mean_ms, 2);
      const isSame = String(await tree(directory)) === String(before);
      assertEquals(isSame, !mayWrite);
      assertEquals(await read(listing), {
        c: "3 x 2",
        b: "2 x 2",
        a: "1 x 2",
      });
      // Whoever changes one of them finishes it first.
      assertEquals(await made.run("a").deleteRun(), true);
      await made.run("b").saveLatencyStats(collectorOfDetections(4, 3));
      assertEquals(await read(made), { c: "3 x 2", b: "4 x 3" });
      assertEquals(
        (await left(directory)).filter((path) => path.includes("batch")),
        [],
      );
    }
  });
});
