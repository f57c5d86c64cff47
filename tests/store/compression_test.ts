import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import {
  type CsvCodec,
  gzip,
  LatencyCollector,
  MetricsStorage,
  RunStore,
  StorageError,
} from "@astraguard/hil-metrics";
import { zstd } from "@astraguard/hil-metrics/zstd";
import {
  collectorOfDetections,
  ORIGINAL_RUNS,
  ORIGINAL_RUNS_DIR,
  tree,
  withResultsDir,
} from "../_results_dir.ts";
import { storageOn, systemFilesWith } from "../_storage_on.ts";

const CODECS: readonly CsvCodec[] = [gzip, zstd];

/** Later than anything that a test saves. */
const LATER = new Date(Date.now() + 3_600_000);

async function csvOf(
  store: RunStore,
  runId: string,
  verify = true,
): Promise<unknown> {
  return [...await store.run(runId).loadMeasurements({ verify })];
}

for (const codec of CODECS) {
  const { name, extension } = codec;

  Deno.test(`RunStore saves, reads, verifies and replaces runs with ${name}`, async () => {
    await withResultsDir(async (resultsDir) => {
      const store = new RunStore(resultsDir, { compression: codec });
      for (const rows of [0, 1, 40_000]) {
        const collector = collectorOfDetections(rows);
        const { raw } = await store.run("run").saveLatencyStats(collector);
        assertEquals(raw, `${resultsDir}/run/latency_raw.csv${extension}`);
        assertEquals(await csvOf(store, "run"), [...collector]);
        assertEquals(await csvOf(store, "run", false), [...collector]);
        assertEquals((await store.run("run").verifyRun()).problems, []);
        assertEquals(await tree(`${resultsDir}/run`), [
          `latency_raw.csv${extension}`,
          "latency_summary.json",
        ]);
      }
    });
  });

  Deno.test(`RunStore takes what was there away when it goes to ${name} and back`, async () => {
    await withResultsDir(async (resultsDir) => {
      const compressing = new RunStore(resultsDir, { compression: codec });
      const plain = new RunStore(resultsDir, { codecs: [codec] });
      for (
        const [store, file] of [
          [plain, "latency_raw.csv"],
          [compressing, `latency_raw.csv${extension}`],
          [plain, "latency_raw.csv"],
        ] as const
      ) {
        await store.run("run").saveLatencyStats(collectorOfDetections(7));
        assertEquals(await tree(`${resultsDir}/run`), [
          file,
          "latency_summary.json",
        ]);
        assertEquals((await plain.run("run").verifyRun()).problems, []);
      }
    });
  });

  Deno.test(`RunStore finds a damaged or shortened file of ${name}`, async () => {
    await withResultsDir(async (resultsDir) => {
      const store = new RunStore(resultsDir, { compression: codec });
      const { raw } = await store.run("run")
        .saveLatencyStats(collectorOfDetections(20_000));
      const bytes = await Deno.readFile(raw);
      const damages: [string, Uint8Array][] = [
        ["flipped", bytes.map((it, at) => at === 4000 ? it ^ 4 : it)],
        ["short", bytes.subarray(0, bytes.length - 1)],
        ["half", bytes.subarray(0, bytes.length >> 1)],
        ["empty", new Uint8Array(0)],
        ["twice", Uint8Array.of(...bytes, ...bytes)],
        ["plain", new TextEncoder().encode("timestamp")],
      ];
      for (const [damage, damaged] of damages) {
        await Deno.writeFile(raw, damaged);
        const error = await assertRejects(
          () => store.run("run").loadMeasurements(),
          StorageError,
        );
        assertEquals([damage, error.code], [damage, "RUN_DAMAGED"]);
        assert(!(await store.run("run").verifyRun()).ok, damage);
      }
    });
  });

  Deno.test(`RunStore.compressRuns() keeps bytes, times, unknown keys and columns with ${name}`, async () => {
    await withResultsDir(async (resultsDir) => {
      const store = new RunStore(resultsDir, { codecs: [codec] });
      for (const run of ORIGINAL_RUNS) {
        await Deno.mkdir(`${resultsDir}/${run}`);
        for (const file of ["latency_raw.csv", "latency_summary.json"]) {
          await Deno.copyFile(
            `${ORIGINAL_RUNS_DIR}/${run}/${file}`,
            `${resultsDir}/${run}/${file}`,
          );
        }
      }
      const { summary } = await store.run("ours")
        .saveLatencyStats(collectorOfDetections(9), { labels: { a: "b" } });
      const text = await Deno.readTextFile(summary);
      await Deno.writeTextFile(
        summary,
        text.replace(/\n\}$/, ',\n  "notes": { "by": "hand", "x": 70.0 }\n}'),
      );
      await Deno.utime(summary, 1e9, 1e9);
      const before = await store.recentRuns({ limit: Infinity });
      const contents = new Map<string, unknown>();
      for (const runId of before) {
        contents.set(runId, await csvOf(store, runId));
      }
      assertEquals(
        await store.compressRuns({ olderThan: LATER, compression: codec }),
        { compressed: before, skipped: [] },
      );
      assertEquals(await store.recentRuns({ limit: Infinity }), before);
      for (const runId of before) {
        assertEquals(await csvOf(store, runId), contents.get(runId));
        const { problems } = await store.run(runId).verifyRun();
        assertEquals(problems, []);
        const names = await tree(`${resultsDir}/${runId}`);
        assert(!names.includes("latency_raw.csv"), String(names));
      }
      const after = await Deno.readTextFile(summary);
      assert(after.includes('"notes": { "by": "hand", "x": 70.0 }'));
      assertEquals(
        (await store.run("ours").getRunMetrics())?.labels,
        { a: "b" },
      );
      const again = await store.compressRuns({ olderThan: LATER });
      assertEquals(again.compressed, []);
      assertEquals(
        new Set(again.skipped.map(({ reason }) => reason)),
        new Set(["it is compressed already"]),
      );
    });
  });
}

Deno.test("RunStore names the codec that it was not handed", async () => {
  await withResultsDir(async (resultsDir) => {
    const writer = new RunStore(resultsDir, { compression: zstd });
    await writer.run("run").saveLatencyStats(collectorOfDetections(3));
    const store = new RunStore(resultsDir);
    const error = await assertRejects(
      () => store.run("run").loadMeasurements(),
      StorageError,
      "the codec zstd of @astraguard/hil-metrics/zstd",
    );
    assertEquals(error.code, "CODEC_MISSING");
    assertEquals(
      (await store.run("run").getRunMetrics())?.total_measurements,
      3,
    );
    assertEquals(await store.recentRuns(), ["run"]);
    await store.run("run").saveLatencyStats(collectorOfDetections(4));
    assertEquals((await csvOf(store, "run") as unknown[]).length, 4);
    assertEquals(await tree(`${resultsDir}/run`), [
      "latency_raw.csv",
      "latency_summary.json",
    ]);
  });
});

Deno.test("RunStore goes by the summary where a plain and a compressed CSV both stand", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir, { compression: gzip });
    await store.run("run").saveLatencyStats(collectorOfDetections(3));
    const plain = `${resultsDir}/run/latency_raw.csv`;
    await Deno.copyFile(
      `${ORIGINAL_RUNS_DIR}/${ORIGINAL_RUNS[0]}/latency_raw.csv`,
      plain,
    );
    assertEquals((await csvOf(store, "run") as unknown[]).length, 3);
    assertEquals((await store.run("run").verifyRun()).problems, []);
    await Deno.copyFile(
      `${ORIGINAL_RUNS_DIR}/${ORIGINAL_RUNS[0]}/latency_summary.json`,
      `${resultsDir}/run/latency_summary.json`,
    );
    const { total_measurements } = (await store.run("run").getRunMetrics())!;
    assertEquals(
      (await csvOf(store, "run") as unknown[]).length,
      total_measurements,
    );
  });
});

Deno.test("RunStore.compressRuns() leaves damaged runs, and those that are too young", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (const runId of ["damaged", "young"]) {
      await store.run(runId).saveLatencyStats(collectorOfDetections(3));
    }
    const directory = `${resultsDir}/damaged`;
    await Deno.writeTextFile(`${directory}/latency_raw.csv`, "x", {
      append: true,
    });
    await Deno.utime(`${directory}/latency_summary.json`, 1e9, 1e9);
    assertEquals(
      await store.compressRuns({ olderThan: new Date(1.1e12) }),
      {
        compressed: [],
        skipped: [{
          runId: "damaged",
          reason: "its CSV is not what its summary says",
        }],
      },
    );
    assertEquals(await tree(resultsDir), [
      ".staging/",
      "damaged/",
      "damaged/latency_raw.csv",
      "damaged/latency_summary.json",
      "young/",
      "young/latency_raw.csv",
      "young/latency_summary.json",
    ]);
  });
});

Deno.test("RunStore.compressRuns() says which summaries cannot be read, and goes on with older runs", async () => {
  await withResultsDir(async (resultsDir) => {
    const store = new RunStore(resultsDir);
    for (const runId of ["old", "young"]) {
      await store.run(runId).saveLatencyStats(collectorOfDetections(3));
    }
    const path = `${resultsDir}/young/latency_summary.json`;
    await Deno.writeTextFile(path, "{");
    await Deno.utime(`${resultsDir}/old/latency_summary.json`, 1e9, 1e9);
    const { compressed, skipped } = await store.compressRuns({
      olderThan: LATER,
    });
    assertEquals(compressed, ["old"]);
    assertEquals(skipped.map(({ runId }) => runId), ["young"]);
    assertStringIncludes(skipped[0]!.reason, "the file is not JSON");
    assertEquals(await Deno.readTextFile(path), "{");
  });
});

const READS: Record<
  string,
  (run: MetricsStorage, verify: boolean) => Promise<number>
> = {
  loadMeasurements: async (run, verify) =>
    (await run.loadMeasurements({ verify })).length,
  batches: async (run, verify) => {
    let rows = 0;
    for await (const { length } of run.batches({ verify })) rows += length;
    return rows;
  },
  csvStream: async (run, verify) => {
    const text = await new Response(run.csvStream({ verify })).text();
    return text.trimEnd().split("\r\n").length - 1;
  },
};

for (const [name, read] of Object.entries(READS)) {
  Deno.test(`MetricsStorage.${name}() finds measurements that another codec takes the place of meanwhile`, async () => {
    await withResultsDir(async (resultsDir) => {
      const plain = new RunStore(resultsDir);
      const compressing = new RunStore(resultsDir, { compression: gzip });
      const stores = [plain, compressing];
      for (const verify of [true, false]) {
        for (const [first, then] of [stores, stores.toReversed()]) {
          const { raw } = await first!.run("run").saveLatencyStats(
            collectorOfDetections(3),
          );
          let isReplaced = false;
          const files = systemFilesWith({
            open: async (path, options) => {
              if (path === raw && !isReplaced) {
                isReplaced = true;
                const collector = collectorOfDetections(4);
                await then!.run("run").saveLatencyStats(collector);
              }
              return await Deno.open(path, options);
            },
          });
          const reader = storageOn(files, "run", { resultsDir });
          assertEquals(await read(reader, verify), 4);
        }
      }
    });
  });
}

Deno.test("RunStore refuses what is no codec", () => {
  for (
    const [options, message] of [
      [{ compression: "gzip" }, "compression must be a codec"],
      [{ codecs: gzip }, "codecs must be an array"],
      [{ codecs: [{}] }, "codecs must be a codec"],
      [{ compression: { ...gzip, extension: "/../x" } }, "extension"],
    ] as const
  ) {
    let error;
    try {
      new RunStore("x", options as never);
    } catch (thrown) {
      error = thrown as Error;
    }
    assert(error?.message.includes(message), error?.message);
  }
});

Deno.test("LatencyCollector measurements survive compression to the last bit", async () => {
  await withResultsDir(async (resultsDir) => {
    const collector = new LatencyCollector();
    for (const durationMs of [0, 5e-324, Number.MAX_VALUE, 0.1 + 0.2, 1e16]) {
      collector.recordFaultDetection("SAT\u00fc,1", 0, durationMs);
    }
    for (const codec of CODECS) {
      const storage = new MetricsStorage(codec.name, {
        resultsDir,
        compression: codec,
      });
      await storage.saveLatencyStats(collector);
      assertEquals([...await storage.loadMeasurements()], [...collector]);
    }
  });
});

Deno.test("MetricsStorage.batches() and csvStream() read compressed runs, and find damage", async () => {
  await withResultsDir(async (resultsDir) => {
    const collector = collectorOfDetections(40_000);
    for (const codec of CODECS) {
      const store = new RunStore(resultsDir, { compression: codec });
      const run = store.run(codec.name);
      const { raw } = await run.saveLatencyStats(collector);
      let rows = 0;
      for await (const { length } of run.batches()) rows += length;
      assertEquals(rows, 40_000);
      const plain = new RunStore(resultsDir).run("plain");
      const saved = await plain.saveLatencyStats(collector);
      assertEquals(
        await new Response(run.csvStream()).text(),
        await Deno.readTextFile(saved.raw),
      );
      const bytes = await Deno.readFile(raw);
      await Deno.writeFile(raw, bytes.subarray(0, bytes.length - 9));
      const error = await assertRejects(
        () => Array.fromAsync(run.batches()),
        StorageError,
      );
      assertEquals(error.code, "RUN_DAMAGED");
    }
  });
});
