import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
} from "@std/assert";
import {
  type LatencyCollector,
  MetricsStorage,
  type Progress,
  RunStore,
  StorageError,
} from "@astraguard/hil-metrics";
import {
  collectorOfDetections,
  tree,
  withResultsDir,
} from "../_results_dir.ts";

/** The codes of what was saved and what was not, in order. */
async function codesOf(saves: Promise<unknown>[]): Promise<string[]> {
  const codes = await Promise.all(
    saves.map((it) => it.then(() => "saved", ({ code }) => String(code))),
  );
  return codes.sort();
}

Deno.test('MetricsStorage.saveLatencyStats({ ifExists: "fail" }) lets one of many win', async () => {
  await withResultsDir(async (resultsDir) => {
    const save = (count: number) =>
      new MetricsStorage("run", { resultsDir })
        .saveLatencyStats(collectorOfDetections(count), { ifExists: "fail" });
    assertEquals(
      await codesOf([1, 2, 3, 4].map(save)),
      ["RUN_EXISTS", "RUN_EXISTS", "RUN_EXISTS", "saved"],
    );
    const storage = new MetricsStorage("run", { resultsDir });
    const { total_measurements } = (await storage.getRunMetrics())!;
    assertEquals(await codesOf([save(9)]), ["RUN_EXISTS"]);
    assertEquals(
      (await storage.getRunMetrics())?.total_measurements,
      total_measurements,
    );
    assertEquals(await tree(`${resultsDir}/.staging`), []);
  });
});

Deno.test('MetricsStorage.saveLatencyStats({ ifExists: "fail" }) takes a directory without a run', async () => {
  await withResultsDir(async (resultsDir) => {
    await Deno.mkdir(`${resultsDir}/run`);
    await Deno.writeTextFile(`${resultsDir}/run/notes.txt`, "mine");
    const save = () =>
      new MetricsStorage("run", { resultsDir })
        .saveLatencyStats(collectorOfDetections(1), { ifExists: "fail" });
    assertEquals(
      await codesOf([save(), save()]),
      ["RUN_EXISTS", "saved"],
    );
  });
});

Deno.test("MetricsStorage.saveLatencyStats() ends with the reason of its signal, and changes nothing", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    await storage.saveLatencyStats(collectorOfDetections(3));
    const before = await tree(resultsDir);
    const reason = new Error("enough");
    const large = collectorOfDetections(100_000);
    for (const tellings of [0, 1, 10]) {
      const controller = new AbortController();
      if (tellings === 0) controller.abort(reason);
      let told = 0;
      const error = await assertRejects(() =>
        storage.saveLatencyStats(large, {
          signal: controller.signal,
          onProgress: () => {
            if (++told === tellings) controller.abort(reason);
          },
        })
      );
      assertStrictEquals(error, reason);
      assertEquals(await tree(resultsDir), before);
      assertEquals((await storage.getRunMetrics())?.total_measurements, 3);
    }
  });
});

Deno.test("MetricsStorage.saveLatencyStats() stops waiting for another writer when told to", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    await storage.saveLatencyStats(collectorOfDetections(3));
    const holder = await Deno.open(`${resultsDir}/.staging/run`, {
      write: true,
      create: true,
    });
    await holder.lock(true);
    const first = new AbortController();
    const second = new AbortController();
    // The one waits for the lock, the other in the queue behind it.
    const saves = [first, second].map(({ signal }) =>
      storage.saveLatencyStats(collectorOfDetections(4), { signal })
        .then(() => "saved", (error) => error)
    );
    second.abort("second");
    assertEquals(await saves[1], "second");
    first.abort("first");
    assertEquals(await saves[0], "first");
    holder.close();
    await storage.saveLatencyStats(collectorOfDetections(5));
    assertEquals((await storage.getRunMetrics())?.total_measurements, 5);
  });
});

Deno.test("MetricsStorage waits for the lock and those before it in one time", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", {
      resultsDir,
      lockTimeoutMs: 150,
    });
    await storage.saveLatencyStats(collectorOfDetections(3));
    using holder = await Deno.open(`${resultsDir}/.staging/run`, {
      write: true,
      create: true,
    });
    await holder.lock(true);
    const settled: string[] = [];
    const save = (name: string) =>
      storage.saveLatencyStats(collectorOfDetections(4))
        .catch(({ code }) => settled.push(`${name} ${code}`));
    const saves = ["a", "b", "c", "d"].map(save);
    // Whoever comes later waits longer, by no more than it came later.
    await Promise.all(saves);
    assertEquals(settled.length, 4);
    assert(settled.every((it) => it.endsWith(" LOCKED")), String(settled));
  });
});

Deno.test("MetricsStorage tells how far a save and a load have come", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    const rows = 50_000;
    const saving: Progress[] = [];
    const { raw } = await storage.saveLatencyStats(
      collectorOfDetections(rows),
      { onProgress: (it) => saving.push(it) },
    );
    const { size } = await Deno.stat(raw);
    const loading: Progress[] = [];
    await storage.loadMeasurements({ onProgress: (it) => loading.push(it) });
    for (
      const [told, totalBytes] of [[saving, undefined], [
        loading,
        size,
      ]] as const
    ) {
      assert(told.length > 2);
      assertEquals(told.at(-1), {
        rows,
        totalRows: rows,
        bytes: size,
        totalBytes,
      });
      told.reduce((before, now) => {
        assert(now.rows >= before.rows && now.bytes > before.bytes);
        return now;
      });
    }
  });
});

Deno.test("What onProgress throws ends a save or a load, and is its error", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    await storage.saveLatencyStats(collectorOfDetections(3));
    const before = await tree(resultsDir);
    const thrown = new Error("of the caller");
    const onProgress = () => {
      throw thrown;
    };
    for (
      const act of [
        () =>
          storage.saveLatencyStats(collectorOfDetections(9), { onProgress }),
        () => storage.loadMeasurements({ onProgress }),
      ]
    ) assertStrictEquals(await assertRejects(act), thrown);
    assertEquals(await tree(resultsDir), before);
  });
});

Deno.test("MetricsStorage.saveLatencyStats() takes a collector of this copy of the package alone", async () => {
  const brand = Symbol.for("@astraguard/hil-metrics/LatencyCollector");
  const storage = new MetricsStorage("run", { resultsDir: "/nowhere" });
  for (
    const [collector, message] of [
      [{ [brand]: true }, "another copy of @astraguard/hil-metrics"],
      [{}, "A LatencyCollector is needed: {}"],
      [undefined, "A LatencyCollector is needed: undefined"],
    ] as const
  ) {
    await assertRejects(
      () => storage.saveLatencyStats(collector as unknown as LatencyCollector),
      TypeError,
      message,
    );
  }
});

Deno.test("RunStore.newRunId() gives ids that sort after all before them, whatever the clocks do", async () => {
  await withResultsDir(async (root) => {
    const resultsDir = `${root}/results`;
    let nowS = 1_790_000_000;
    const open = () => new RunStore(resultsDir, { clock: () => nowS });
    const given: string[] = [];
    const take = (store: RunStore) => given.push(store.newRunId("thermal"));
    const first = open();
    take(first);
    take(first);
    await first.run(given.at(-1)!).saveLatencyStats(collectorOfDetections(1), {
      ifExists: "fail",
    });
    take(first);
    nowS -= 3600;
    take(first);
    take(open());
    // Another process knows what is on the disk.
    const process = await new Deno.Command(Deno.execPath(), {
      args: [
        "eval",
        `import { RunStore } from "@astraguard/hil-metrics";
         console.log(new RunStore(${
          JSON.stringify(resultsDir)
        }, { clock: () => ${nowS} }).newRunId("thermal"));`,
      ],
      cwd: import.meta.dirname!,
    }).output();
    given.push(new TextDecoder().decode(process.stdout).trim());
    take(first);
    assertEquals(given, given.toSorted());
    assertEquals(new Set(given).size, given.length);
    assert(given.every((it) => /^thermal_\d{8}T\d{9}Z_[0-9a-f]{4}$/.test(it)));
  });
});

Deno.test("RunStore.newRunId() refuses what cannot begin a run id", async () => {
  const store = new RunStore("/nowhere");
  for (const prefix of [".hidden", "a/b", "a\0", "x".repeat(250)]) {
    const error = await assertRejects(
      async () => await store.newRunId(prefix),
      StorageError,
    );
    assertEquals(error.code, "INVALID_RUN_ID");
  }
  await assertRejects(
    async () => await store.newRunId(5 as unknown as string),
    TypeError,
    "prefix must be a string: 5",
  );
});

Deno.test("RunStore.newRunId() writes through no link, waits for no FIFO, and forgets nothing for them", async () => {
  await withResultsDir(async (root) => {
    const store = new RunStore(`${root}/results`);
    await store.run("run").saveLatencyStats(collectorOfDetections(1));
    const kept = `${root}/results/.staging/.last-run-id`;
    await Deno.writeTextFile(`${root}/thesis.tex`, "mine");
    await Deno.symlink(`${root}/thesis.tex`, kept);
    const first = store.newRunId();
    assert(first < store.newRunId());
    assertEquals(await Deno.readTextFile(`${root}/thesis.tex`), "mine");
  });
});

Deno.test("Two stores give ids in order before their directory is there", async () => {
  await withResultsDir(async (root) => {
    const stores = ["results", "./results"].map((name) =>
      new RunStore(`${root}/${name}`, { clock: () => 1_790_000_000 })
    );
    const given: string[] = [];
    for (let i = 0; i < 20; i++) given.push(stores[0]!.newRunId("a"));
    await stores[0]!.run(given[0]!).saveLatencyStats(collectorOfDetections(1));
    for (let i = 0; i < 20; i++) given.push(stores[i % 2]!.newRunId("a"));
    assertEquals(given, given.toSorted());
  });
});
