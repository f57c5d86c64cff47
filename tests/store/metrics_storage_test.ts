import {
  assert,
  assertEquals,
  assertRejects,
  assertStrictEquals,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import {
  LatencyCollector,
  MetricsStorage,
  type RunMetrics,
  type RunStoreOptions,
  StorageError,
} from "@astraguard/hil-metrics";
import type { FileOperations } from "../../src/disk/file_operations.ts";
import {
  collectorOfDetections,
  ORIGINAL_RUNS,
  ORIGINAL_RUNS_DIR,
  tree,
  withResultsDir,
} from "../_results_dir.ts";
import { storageOn, systemFilesWith } from "../_storage_on.ts";
import { withoutChecksum } from "../_summary_text.ts";
import { TurnCounter } from "../event_loop/_turn_counter.ts";

/** The summary without what is added after the original's keys. */
function asTheOriginal(text: string): string {
  return text
    .replace(
      /,\n {6,8}"p99_ms": [^,\n]+,\n {6,8}"min_ms": [^,\n]+(?=\n {6}\})/g,
      "",
    )
    .replace(/,\n {2}"raw_csv": \{[^}]*\},\n {2}"summary_xxh32": "\w*"/, "")
    .replace(/"timestamp": "[^"]*"/, '"timestamp": ""');
}

Deno.test("MetricsStorage writes the original's files to the byte", async () => {
  await withResultsDir(async (resultsDir) => {
    for (const run of ORIGINAL_RUNS) {
      const original = `${ORIGINAL_RUNS_DIR}/${run}`;
      const measurements = await new MetricsStorage(run, {
        resultsDir: ORIGINAL_RUNS_DIR,
      }).loadMeasurements();
      const { summary, raw } = await new MetricsStorage(run, { resultsDir })
        .saveLatencyStats(measurements);
      assertEquals(
        await Deno.readFile(raw),
        await Deno.readFile(`${original}/latency_raw.csv`),
      );
      const written = await Deno.readTextFile(summary);
      assert(written.includes("raw_csv"));
      assertEquals(
        asTheOriginal(written),
        asTheOriginal(
          await Deno.readTextFile(`${original}/latency_summary.json`),
        ),
      );
    }
  });
});

Deno.test("MetricsStorage reads and verifies the original's runs", async () => {
  for (const run of ORIGINAL_RUNS) {
    const storage = new MetricsStorage(run, { resultsDir: ORIGINAL_RUNS_DIR });
    assertEquals(await storage.verifyRun(), {
      runId: run,
      ok: true,
      problems: [],
    });
    const metrics = await storage.getRunMetrics();
    const collector = await storage.loadMeasurements();
    assertEquals(collector.getStats(), metrics?.stats);
    assertEquals(collector.length, metrics?.total_measurements);
  }
});

Deno.test("MetricsStorage.saveLatencyStats() returns both paths and leaves nothing else", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run_1", {
      resultsDir,
      clock: () => new Date(2026, 1, 9, 14, 3, 21).getTime() / 1000 + 0.25,
    });
    for (const durability of ["fsync", "none"] as const) {
      const again = new MetricsStorage("run_1", { resultsDir, durability });
      await again.saveLatencyStats(collectorOfDetections(2));
    }
    assertEquals(await storage.saveLatencyStats(collectorOfDetections(7)), {
      summary: `${resultsDir}/run_1/latency_summary.json`,
      raw: `${resultsDir}/run_1/latency_raw.csv`,
    });
    assertEquals(await tree(resultsDir), [
      ".staging/",
      "run_1/",
      "run_1/latency_raw.csv",
      "run_1/latency_summary.json",
    ]);
    const metrics = await storage.getRunMetrics();
    assertEquals(metrics?.timestamp, "2026-02-09T14:03:21.250000");
    assertEquals(metrics?.measurement_types, { fault_detection: 7 });
    assertEquals((await storage.loadMeasurements()).length, 7);
  });
});

Deno.test("MetricsStorage.saveLatencyStats() takes a directory that is there, and leaves what is in it", async () => {
  await withResultsDir(async (resultsDir) => {
    await Deno.mkdir(`${resultsDir}/empty`);
    await Deno.mkdir(`${resultsDir}/noted`);
    await Deno.writeTextFile(`${resultsDir}/noted/notes.txt`, "slow");
    for (const run of ["empty", "noted"]) {
      const storage = new MetricsStorage(run, { resultsDir });
      await storage.saveLatencyStats(collectorOfDetections(3));
      assert((await storage.verifyRun()).ok);
    }
    assertEquals(await tree(resultsDir), [
      ".staging/",
      "empty/",
      "empty/latency_raw.csv",
      "empty/latency_summary.json",
      "noted/",
      "noted/latency_raw.csv",
      "noted/latency_summary.json",
      "noted/notes.txt",
    ]);
  });
});

Deno.test("MetricsStorage.saveLatencyStats() takes an empty collector", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("empty", { resultsDir });
    await storage.saveLatencyStats(new LatencyCollector());
    assertEquals((await storage.getRunMetrics())?.stats, {});
    assertEquals((await storage.loadMeasurements()).length, 0);
    assert((await storage.verifyRun()).ok);
  });
});

Deno.test("MetricsStorage.saveLatencyStats() takes the measurements of when it is called", async () => {
  await withResultsDir(async (resultsDir) => {
    const collector = collectorOfDetections(20_000);
    const storage = new MetricsStorage("run", { resultsDir });
    const saving = storage.saveLatencyStats(collector);
    const other = new MetricsStorage("other", { resultsDir })
      .saveLatencyStats(collector);
    collector.recordAgentDecision("SAT9", 0, 1);
    await saving;
    collector.reset();
    await other;
    for (const id of ["run", "other"]) {
      const saved = new MetricsStorage(id, { resultsDir });
      assertEquals((await saved.loadMeasurements()).length, 20_000);
    }
  });
});

Deno.test("MetricsStorage.saveLatencyStats() of the same run at once leaves one whole pair", async () => {
  await withResultsDir(async (resultsDir) => {
    await Promise.all(Array.from(
      { length: 12 },
      (_, i) =>
        new MetricsStorage("run", { resultsDir, durability: "none" })
          .saveLatencyStats(collectorOfDetections(100 + i, i)),
    ));
    const storage = new MetricsStorage("run", { resultsDir });
    assertEquals((await storage.verifyRun()).problems, []);
    assertEquals((await tree(resultsDir)).length, 4);
  });
});

/** What may be worked on before others have the event loop. */
const SUMMARIZED_ROWS = 1024;
const ENCODED_ROWS = 256;
const DECODED_BYTES = 16 * 1024;
const READ_BYTES = 512 * 1024;

/** Saves a run and tells how often that gave way before its files and then. */
async function countTurnsOfSave(
  resultsDir: string,
  collector: LatencyCollector,
): Promise<{ beforeFiles: number; ofFiles: number }> {
  using counter = new TurnCounter();
  let beforeFiles = 0;
  await storageWith({
    resultsDir,
    files: systemFilesWith({
      open: (path, options) => {
        if (options?.createNew) beforeFiles = counter.turns;
        return Deno.open(path, options);
      },
    }),
  }).saveLatencyStats(collector);
  return { beforeFiles, ofFiles: counter.turns - beforeFiles };
}

Deno.test("MetricsStorage.saveLatencyStats() gives way once in 1,024 rows that it summarizes and 256 that it writes", async () => {
  await withResultsDir(async (resultsDir) => {
    const rows = 500_000;
    const { beforeFiles, ofFiles } = await countTurnsOfSave(
      resultsDir,
      collectorOfDetections(rows),
    );
    // Rows are tallied and gathered. Durations that are all equal are then
    // parted twice to select in their satellite, and twice in their type.
    assert(beforeFiles >= 6 * rows / SUMMARIZED_ROWS, `${beforeFiles} turns`);
    // Their numbers are formatted, and then joined to rows.
    assert(ofFiles >= 2 * rows / ENCODED_ROWS, `${ofFiles} turns`);
  });
});

Deno.test("MetricsStorage.saveLatencyStats() gives way after each satellite", async () => {
  await withResultsDir(async (resultsDir) => {
    const satellites = 300;
    const collector = new LatencyCollector();
    for (let i = 0; i < satellites; i++) {
      collector.recordFaultDetection(`SAT${i}`, i, 1);
    }
    const turns = await countTurnsOfSave(resultsDir, collector);
    // Once for each, and its summary every 4 KiB, perhaps before its file is
    // open.
    const all = turns.beforeFiles + turns.ofFiles;
    assert(all >= satellites + 16, `${all} turns`);
  });
});

Deno.test("MetricsStorage gives way once in 16 KiB while it loads, and in 1,024 rows while it verifies", async () => {
  await withResultsDir(async (resultsDir) => {
    const rows = 300_000;
    let readBytes = 0;
    const storage = storageWith({
      resultsDir,
      durability: "none",
      files: filesThatChange((file) => {
        const { read } = file;
        file.read = (buffer) => {
          readBytes = Math.max(readBytes, buffer.length);
          return read.call(file, buffer);
        };
      }),
    });
    const { raw } = await storage.saveLatencyStats(collectorOfDetections(rows));
    const { size } = await Deno.stat(raw);
    using counter = new TurnCounter();
    assertEquals((await storage.loadMeasurements()).length, rows);
    const ofLoad = counter.turns;
    // All goes into the checksum, too.
    assert(ofLoad >= 2 * size / DECODED_BYTES, `${ofLoad} turns`);
    assert((await storage.verifyRun()).ok);
    const ofVerification = counter.turns - ofLoad;
    assert(
      ofVerification >= 2 * size / DECODED_BYTES + 6 * rows / SUMMARIZED_ROWS,
      `${ofVerification} turns`,
    );
    // Two of what is read at a time are in memory.
    assert(readBytes <= READ_BYTES, `${readBytes} bytes read at a time`);
  });
});

/** Another program writes this summary in place. */
async function changeInPlace(summary: string): Promise<void> {
  const text = await Deno.readTextFile(summary);
  await Deno.writeTextFile(
    summary,
    withoutChecksum(text).replace('"run"', '"its"'),
  );
  const hoursAgo = new Date(Date.now() - 7_200_000);
  await Deno.utime(summary, hoursAgo, hoursAgo);
}

Deno.test("MetricsStorage.getRunMetrics() trusts what it has read itself, revalidates and reads anew", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    assertEquals(await storage.getRunMetrics(), null);
    const { summary } = await storage.saveLatencyStats(
      collectorOfDetections(3),
    );
    const first = await storage.getRunMetrics();
    await changeInPlace(summary);
    const other = new MetricsStorage("run", { resultsDir });
    assertEquals((await other.getRunMetrics())?.run_id, "its");
    assertStrictEquals(await storage.getRunMetrics(), first);
    const revalidated = await storage.getRunMetrics({
      useCache: "revalidate",
    });
    assertEquals(revalidated?.run_id, "its");
    assertStrictEquals(await storage.getRunMetrics(), revalidated);
    const anew = await storage.getRunMetrics({ useCache: false });
    assert(anew !== revalidated);
    assertEquals(anew, revalidated);
  });
});

Deno.test("MetricsStorage.getRunMetrics() trusts nothing that this process has changed since", async () => {
  await withResultsDir(async (resultsDir) => {
    const saver = new MetricsStorage("run", { resultsDir });
    const reader = new MetricsStorage("run", { resultsDir });
    const total = async () =>
      (await reader.getRunMetrics())?.total_measurements;
    await saver.saveLatencyStats(collectorOfDetections(3));
    assertEquals(await total(), 3);
    await saver.saveLatencyStats(collectorOfDetections(4));
    assertEquals(await total(), 4);
    await saver.deleteRun();
    assertEquals(await total(), undefined);
    await saver.saveLatencyStats(collectorOfDetections(5));
    assertEquals(await total(), 5);
    await Deno.remove(`${resultsDir}/run`, { recursive: true });
    assertEquals(await total(), 5);
    await saver.repairRun();
    assertEquals(await total(), undefined);
  });
});

Deno.test("MetricsStorage knows a results directory by any path", async () => {
  await withResultsDir(async (root) => {
    await Deno.mkdir(`${root}/results`);
    await Deno.symlink("results", `${root}/link`);
    const save = (count: number) =>
      new MetricsStorage("run", { resultsDir: `${root}/results` })
        .saveLatencyStats(collectorOfDetections(count));
    for (
      const other of ["results/", "./results", "results/../results", "link"]
    ) {
      const storage = new MetricsStorage("run", {
        resultsDir: `${root}/${other}`,
      });
      const total = async () =>
        (await storage.getRunMetrics())?.total_measurements;
      await save(1);
      assertEquals(await total(), 1, other);
      await save(2);
      assertEquals(await total(), 2, other);
      await new MetricsStorage("run", { resultsDir: `${root}/results` })
        .deleteRun();
      assertEquals(await total(), undefined, other);
    }
  });
});

Deno.test("MetricsStorage.getRunMetrics() knows that another directory has taken the place of its own", async () => {
  await withResultsDir(async (root) => {
    const resultsDir = `${root}/results`;
    const save = (count: number) =>
      new MetricsStorage("run", { resultsDir })
        .saveLatencyStats(collectorOfDetections(count));
    await save(1);
    const reader = new MetricsStorage("run", { resultsDir });
    await reader.getRunMetrics();
    await Deno.rename(resultsDir, `${root}/earlier`);
    await save(2);
    assertEquals((await reader.getRunMetrics())?.total_measurements, 2);
  });
});

Deno.test("MetricsStorage keeps what it has read through other file operations apart", async () => {
  await withResultsDir(async (resultsDir) => {
    const ours = new MetricsStorage("run", { resultsDir });
    await ours.saveLatencyStats(collectorOfDetections(3));
    await Deno.utime(`${resultsDir}/run/latency_summary.json`, 1e9, 1e9);
    await ours.getRunMetrics();
    const otherDisk = storageOn(
      systemFilesWith({
        readFileSync: (path) =>
          new TextEncoder().encode(
            withoutChecksum(Deno.readTextFileSync(path))
              .replace('"run"', '"its"'),
          ),
      }),
      "run",
      { resultsDir },
    );
    assertEquals((await otherDisk.getRunMetrics())?.run_id, "its");
    assertEquals((await ours.getRunMetrics())?.run_id, "run");
  });
});

Deno.test('MetricsStorage.getRunMetrics({ useCache: "revalidate" }) keeps what has long not changed', async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    await storage.saveLatencyStats(collectorOfDetections(3));
    // A file changed within the clock's resolution may change unnoticed.
    await new Promise((resolve) => setTimeout(resolve, 1200));
    const first = await storage.getRunMetrics();
    assertStrictEquals(
      await storage.getRunMetrics({ useCache: "revalidate" }),
      first,
    );
  });
});

Deno.test("MetricsStorage.getRunMetrics() hands out what nobody can change", async () => {
  const storage = new MetricsStorage("thermal_cascade_001", {
    resultsDir: ORIGINAL_RUNS_DIR,
  });
  const metrics = await storage.getRunMetrics() as RunMetrics;
  assertThrows(() => {
    // @ts-expect-error It is as readonly as it is frozen.
    metrics.stats.fault_detection!.mean_ms = 0;
  }, TypeError);
  assertThrows(() => {
    // @ts-expect-error So is this.
    metrics.stats_by_satellite.SAT9 = {};
  }, TypeError);
});

Deno.test("MetricsStorage.compareRuns() looks in its own directory and creates nothing", async () => {
  await withResultsDir(async (resultsDir) => {
    for (const [run, durationMs] of [["a", 80], ["b", 75]] as const) {
      await new MetricsStorage(run, { resultsDir })
        .saveLatencyStats(collectorOfDetections(5, durationMs));
    }
    const before = await tree(resultsDir);
    const comparison = await new MetricsStorage("b", { resultsDir })
      .compareRuns("a");
    assertEquals(comparison.metrics.fault_detection, {
      this_mean_ms: 75,
      other_mean_ms: 80,
      diff_ms: -5,
      this_p95_ms: 75,
      other_p95_ms: 80,
    });
    for (const [run, other] of [["a", "missing"], ["missing", "a"]]) {
      const error = await assertRejects(
        () => new MetricsStorage(run!, { resultsDir }).compareRuns(other!),
        StorageError,
        'Cannot find run "missing"',
      );
      assertEquals(error.code, "RUN_NOT_FOUND");
    }
    await assertRejects(
      () => new MetricsStorage("a", { resultsDir }).compareRuns("../a"),
      StorageError,
      "starts with a dot",
    );
    assertEquals(await tree(resultsDir), before);
  });
});

Deno.test("MetricsStorage.compareRuns() notices what another program has written", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("a", { resultsDir });
    await storage.saveLatencyStats(collectorOfDetections(5, 80));
    const { summary } = await new MetricsStorage("b", { resultsDir })
      .saveLatencyStats(collectorOfDetections(5, 80));
    await storage.compareRuns("b");
    const text = await Deno.readTextFile(summary);
    await Deno.writeTextFile(
      summary,
      withoutChecksum(text).replaceAll("80.0", "90.0"),
    );
    const { metrics } = await storage.compareRuns("b");
    assertEquals(metrics.fault_detection?.diff_ms, -10);
    const cached = await storage.compareRuns("b", { useCache: true });
    assertEquals(cached.metrics, metrics);
  });
});

Deno.test("MetricsStorage.loadMeasurements() tells a mixed pair, unless told not to look", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    const { raw } = await storage.saveLatencyStats(collectorOfDetections(5));
    const bytes = await Deno.readFile(raw);
    const at = new TextDecoder().decode(bytes).indexOf("75.5");
    bytes[at] = "8".charCodeAt(0);
    await Deno.writeFile(raw, bytes);
    const error = await assertRejects(
      () => storage.loadMeasurements(),
      StorageError,
      "the checksum of the CSV is",
    );
    assertEquals(error.code, "RUN_DAMAGED");
    assertEquals(error.path, raw);
    const [first] = (await storage.loadMeasurements({ verify: false }))
      .measurements;
    assertEquals(first?.durationMs, 85.5);
    const { problems } = await storage.verifyRun();
    assertEquals(problems.map(({ kind }) => kind), [
      "mixed-pair",
      "wrong-statistics",
    ]);
  });
});

Deno.test("MetricsStorage.loadMeasurements() says that a run or its CSV is missing", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    for (let tries = 0; tries < 2; tries++) {
      const error = await assertRejects(
        () => storage.loadMeasurements(),
        StorageError,
        'Cannot find run "run"',
      );
      assertEquals(error.code, "RUN_NOT_FOUND");
      const { raw } = await storage.saveLatencyStats(collectorOfDetections(1));
      await Deno.remove(raw);
    }
    assertEquals((await storage.verifyRun()).problems[0]?.kind, "missing-csv");
  });
});

Deno.test("MetricsStorage.verifyRun() names each thing that is wrong", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    const kinds = async () =>
      (await storage.verifyRun()).problems.map(({ kind }) => kind);
    assertEquals(await kinds(), ["missing-summary", "missing-csv"]);
    const { summary, raw } = await storage.saveLatencyStats(
      collectorOfDetections(5),
    );
    const text = await Deno.readTextFile(summary);
    const cases: [string[], (text: string) => string][] = [
      [[], (text) => text],
      [["damaged-summary"], (text) => text.slice(1)],
      [["damaged-summary"], (text) => text.replace('"run"', '"nur"')],
      [
        ["damaged-summary"],
        (text) => text.replace(/\n\}$/, ',\n  "labels": { "a": "b" }\n}'),
      ],
      [[], withoutChecksum],
      [
        [],
        (text) => text.replaceAll("\n", "\r\n"),
      ],
      [[], (text) => text.replace(/\n\}$/, ',\n  "notes": "mine"\n}')],
      [
        ["wrong-run-id"],
        (text) => withoutChecksum(text).replace('"run"', '"nur"'),
      ],
      [
        ["wrong-statistics"],
        (text) =>
          withoutChecksum(text).replace('p50_ms": 75.5', 'p50_ms": 75.6'),
      ],
      [
        ["wrong-statistics"],
        (text) =>
          withoutChecksum(text).replace('detection": 5', 'detection": 6'),
      ],
      [
        ["wrong-statistics"],
        (text) =>
          // Those of a satellite, which only the original leaves out.
          withoutChecksum(text).replace(/,\n {8}"min_ms": [\d.]+/, ""),
      ],
      [
        ["wrong-statistics"],
        (text) => withoutChecksum(text).replaceAll('"SAT1": {', '"SAT7": {'),
      ],
      [
        ["mixed-pair"],
        (text) =>
          withoutChecksum(text)
            .replace('total_measurements": 5', 'total_measurements": 6'),
      ],
    ];
    for (const [wanted, change] of cases) {
      await Deno.writeTextFile(summary, change(text));
      assertEquals(await kinds(), wanted);
    }
    await Deno.writeTextFile(summary, text);
    await Deno.writeTextFile(raw, "timestamp\r\n");
    assertEquals(await kinds(), ["damaged-csv"]);
  });
});

Deno.test("MetricsStorage.deleteRun() takes all of a run and says whether there was one", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    assertEquals(await storage.deleteRun(), false);
    await storage.saveLatencyStats(collectorOfDetections(5));
    await Deno.writeTextFile(`${resultsDir}/run/notes.txt`, "mine");
    assertEquals((await storage.getRunMetrics())?.total_measurements, 5);
    assertEquals(await storage.deleteRun(), true);
    assertEquals(await storage.getRunMetrics(), null);
    assertEquals(await tree(resultsDir), [".staging/"]);
  });
});

Deno.test("MetricsStorage finishes a commit whose writer died", async () => {
  const finishers: [string, (storage: MetricsStorage) => Promise<unknown>][] = [
    ["reader", (storage) => storage.getRunMetrics()],
    ["writer", (storage) => storage.saveLatencyStats(collectorOfDetections(9))],
    ["repair", (storage) => storage.repairRun()],
  ];
  for (const [name, finish] of finishers) {
    await withResultsDir(async (resultsDir) => {
      const storage = new MetricsStorage("run", { resultsDir });
      await storage.saveLatencyStats(collectorOfDetections(5));
      const next = new MetricsStorage("next", { resultsDir });
      await next.saveLatencyStats(collectorOfDetections(9));
      await Deno.rename(`${resultsDir}/next`, `${resultsDir}/run/.commit`);
      assertEquals((await storage.loadMeasurements()).length, 9, name);
      await finish(storage);
      assertEquals(await tree(`${resultsDir}/run`), [
        "latency_raw.csv",
        "latency_summary.json",
      ], name);
      assertEquals((await storage.getRunMetrics())?.total_measurements, 9);
    });
  }
});

Deno.test("MetricsStorage.repairRun() sweeps what the dead left and spares the living", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    await storage.saveLatencyStats(collectorOfDetections(5));
    const staging = `${resultsDir}/.staging`;
    const [dead, living, others] = [1, 2, 3].map((n) =>
      `stage-0000000${n}-0000-4000-8000-000000000000`
    );
    await Deno.mkdir(`${staging}/${dead}`);
    await Deno.writeTextFile(`${staging}/${dead}/latency_raw.csv`, "");
    await Deno.writeTextFile(`${staging}/dead_run`, "", { mode: 0o1644 });
    await Deno.mkdir(`${staging}/${living}`);
    using held = await Deno.open(`${staging}/${living}`);
    await held.lock(true);
    // What others have put there stays.
    await Deno.mkdir(`${staging}/${others}`);
    await Deno.writeTextFile(`${staging}/${others}/thesis.tex`, "");
    await Deno.mkdir(`${staging}/site`);
    await Deno.writeTextFile(`${staging}/notes.txt`, "");
    const repair = await storage.repairRun();
    assertEquals(repair.sweptLeftovers, 2);
    assertEquals(repair.finishedCommit, false);
    assert(repair.verification.ok);
    assertEquals(await tree(staging), [
      "notes.txt",
      "site/",
      `${living}/`,
      `${others}/`,
      `${others}/thesis.tex`,
    ]);
  });
});

Deno.test("MetricsStorage waits for another writer only so long", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", {
      resultsDir,
      lockTimeoutMs: 30,
    });
    await storage.saveLatencyStats(collectorOfDetections(5));
    const lock = `${resultsDir}/.staging/run`;
    const holder = await Deno.open(lock, { write: true, create: true });
    await holder.lock(true);
    const error = await assertRejects(
      () => storage.saveLatencyStats(collectorOfDetections(6)),
      StorageError,
      "another writer has held it for 30 ms",
    );
    assertEquals(error.code, "LOCKED");
    assertEquals((await storage.getRunMetrics())?.total_measurements, 5);
    const patient = new MetricsStorage("run", { resultsDir });
    const saving = patient.saveLatencyStats(collectorOfDetections(7));
    setTimeout(() => holder.close(), 20);
    await saving;
    assertEquals((await storage.getRunMetrics())?.total_measurements, 7);
    assertEquals(await tree(`${resultsDir}/.staging`), []);
  });
});

Deno.test("MetricsStorage.saveLatencyStats() reports the failure of both files", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = storageWith({
      resultsDir,
      files: filesThatChange((file, options) => {
        if (!options?.createNew) return;
        file.syncData = () => Promise.reject(new Error("broken disk"));
      }),
    });
    const error = await assertRejects(
      () => storage.saveLatencyStats(collectorOfDetections(5)),
      StorageError,
    );
    assertEquals(error.code, "IO_FAILED");
    assertStringIncludes(error.message, "latency_raw.csv");
    assertStringIncludes(error.message, "latency_summary.json");
    assert(error.cause instanceof AggregateError);
    assertEquals(await tree(resultsDir), [".staging/"]);
  });
});

Deno.test("MetricsStorage.saveLatencyStats() takes away a stage that it cannot lock", async () => {
  await withResultsDir(async (resultsDir) => {
    const storage = storageWith({
      resultsDir,
      durability: "none",
      files: systemFilesWith({
        openSync: () => {
          throw new Error("no descriptors left");
        },
      }),
    });
    await assertRejects(
      () => storage.saveLatencyStats(collectorOfDetections(5)),
      StorageError,
      "no descriptors left",
    );
    assertEquals(await tree(resultsDir), [".staging/"]);
  });
});

Deno.test("MetricsStorage.loadMeasurements() fails where a read fails while what came before is decoded", async () => {
  await withResultsDir(async (resultsDir) => {
    const saver = new MetricsStorage("run", { resultsDir, durability: "none" });
    await saver.saveLatencyStats(collectorOfDetections(20_000));
    let reads = 0;
    const storage = storageWith({
      resultsDir,
      files: filesThatChange((file) => {
        const { read } = file;
        file.read = (buffer) =>
          ++reads === 2
            ? Promise.reject(new Error("broken disk"))
            : read.call(file, buffer);
      }),
    });
    using _counter = new TurnCounter();
    const error = await assertRejects(
      () => storage.loadMeasurements(),
      StorageError,
      "broken disk",
    );
    assertEquals(error.code, "IO_FAILED");
  });
});

/** A storage that goes through file operations of its own. */
function storageWith(
  { files, ...options }: RunStoreOptions & {
    resultsDir: string;
    files: FileOperations;
  },
): MetricsStorage {
  return storageOn(files, "run", options);
}

/** The system's file operations, which change each file they open. */
function filesThatChange(
  change: (file: Deno.FsFile, options?: Deno.OpenOptions) => void,
): FileOperations {
  return systemFilesWith({
    open: async (path, options) => {
      const file = await Deno.open(path, options);
      change(file, options);
      return file;
    },
  });
}

Deno.test("MetricsStorage refuses options that are none", async () => {
  const storage = new MetricsStorage("run", { resultsDir: "x" });
  const collector = new LatencyCollector();
  // Each is what somebody without types may write.
  const given = (value: unknown) => value as never;
  for (
    const [act, type, message] of [
      [
        () => new MetricsStorage("run", { durability: given("sync") }),
        TypeError,
        'durability must be "fsync" or "none": "sync"',
      ],
      [() => new MetricsStorage("run", given(5)), TypeError, "an object: 5"],
      [() => new MetricsStorage("run", given(null)), TypeError, "object: null"],
      [
        () => new MetricsStorage("run", { lockTimeoutMs: NaN }),
        RangeError,
        "lockTimeoutMs must be a number from 0: NaN",
      ],
      [
        () => new MetricsStorage("run", { lockTimeoutMs: -1 }),
        RangeError,
        "lockTimeoutMs",
      ],
      [
        () => new MetricsStorage("run", { lockTimeoutMs: given("5") }),
        TypeError,
        "lockTimeoutMs",
      ],
      [
        () => new MetricsStorage("run", { clock: given(1e9) }),
        TypeError,
        "clock must be a function: 1000000000",
      ],
      [
        () => new MetricsStorage("run", { resultsDir: given(7) }),
        TypeError,
        "A path must be a string",
      ],
      [
        () => new MetricsStorage("run", { resultsDir: given(null) }),
        TypeError,
        "A path must be a string",
      ],
      [
        () => new MetricsStorage("run", { resultsDir: " " }),
        RangeError,
        "A path must not be blank",
      ],
      [() => new MetricsStorage("run", given([])), TypeError, "an object: []"],
      [
        () =>
          storage.saveLatencyStats(collector, {
            labels: given(new Map([["a", "b"]])),
          }),
        TypeError,
        "labels must be an object",
      ],
      [
        () => MetricsStorage.getRecentRuns("x", { limit: -1 }),
        RangeError,
        "limit must be a whole number from 0, or Infinity: -1",
      ],
      [
        () => MetricsStorage.getRecentRuns("x", { limit: given("5") }),
        TypeError,
        "limit",
      ],
      [() => MetricsStorage.getRecentRuns("x", given(5)), TypeError, "object"],
      [
        () => MetricsStorage.getRecentRuns("x", { orderBy: given("size") }),
        TypeError,
        'orderBy must be "mtime" or "name": "size"',
      ],
      [
        () => MetricsStorage.getRecentRuns("x", { since: given(5) }),
        TypeError,
        "since must be a Date: 5",
      ],
      [
        () => MetricsStorage.getRecentRuns("x", { until: new Date(NaN) }),
        RangeError,
        "until must be a valid Date",
      ],
      [
        () => MetricsStorage.getRecentRuns("x", { prefix: given(/x/) }),
        TypeError,
        "prefix must be a string",
      ],
      [
        () => MetricsStorage.getRecentRuns("x", { labels: given({ a: 1 }) }),
        TypeError,
        'The label "a" must be a string: 1',
      ],
      [
        () => storage.getRunMetrics({ useCache: given("fresh") }),
        TypeError,
        'useCache must be true, false or "revalidate": "fresh"',
      ],
      [
        () => storage.compareRuns("y", { useCache: given(1) }),
        TypeError,
        "useCache",
      ],
      [
        () => storage.loadMeasurements({ verify: given("no") }),
        TypeError,
        'verify must be true or false: "no"',
      ],
      [
        () => storage.saveLatencyStats(collector, { labels: given(["a"]) }),
        TypeError,
        "labels must be an object",
      ],
      [
        () =>
          storage.saveLatencyStats(collector, {
            labels: { notes: "x".repeat(65_536) },
          }),
        RangeError,
        "labels must have at most 65536 bytes",
      ],
      [
        () => collector.exportCsv("x", { compression: given("zip") }),
        TypeError,
        'compression must be "gzip" or undefined: "zip"',
      ],
      [
        () => collector.exportCsv("x", { defuseFormulas: given(1) }),
        TypeError,
        "defuseFormulas",
      ],
    ] as const
  ) {
    await assertRejects(async () => await act(), type, message);
  }
});
