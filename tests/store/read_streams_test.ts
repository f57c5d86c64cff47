import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  LatencyCollector,
  type MeasurementBatch,
  MetricsStorage,
  RunStore,
  StorageError,
} from "@astraguard/hil-metrics";
import {
  collectorOfDetections,
  ORIGINAL_RUNS,
  ORIGINAL_RUNS_DIR,
  withResultsDir,
} from "../_results_dir.ts";
import { storageOn, systemFilesWith } from "../_storage_on.ts";

function measurementsOf(batch: MeasurementBatch): unknown[] {
  return Array.from({ length: batch.length }, (_, i) => ({
    timestamp: batch.timestamps[i],
    ...batch.series[batch.seriesCodes[i]!],
    durationMs: batch.durationsMs[i],
    scenarioTimeS: batch.scenarioTimesS[i],
  }));
}

async function readAll(storage: MetricsStorage): Promise<unknown[]> {
  const all: unknown[] = [];
  for await (const batch of storage.batches()) {
    assert(batch.length > 0 && batch.length <= 16_384);
    all.push(...measurementsOf(batch));
  }
  return all;
}

function assertDamaged(work: () => Promise<unknown>): Promise<unknown> {
  return assertRejects(work, StorageError, "summary says");
}

Deno.test("MetricsStorage.batches() and csvStream() give what a load gives, of runs of any size", () =>
  withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    for (const rows of [0, 1, 16_383, 16_384, 16_385, 50_000]) {
      const collector = collectorOfDetections(rows);
      collector.recordAgentDecision("late", 1, 2);
      if (rows === 0) collector.reset();
      const { raw } = await storage.saveLatencyStats(collector);
      assertEquals(await readAll(storage), [...collector]);
      const csv = await new Response(storage.csvStream()).bytes();
      assertEquals(csv, await Deno.readFile(raw));
    }
  }));

Deno.test("MetricsStorage.batches() and csvStream() read runs of the original, and those whose line ends git has converted", () =>
  withResultsDir(async (resultsDir) => {
    for (const run of ORIGINAL_RUNS) {
      const storage = new MetricsStorage(run, {
        resultsDir: ORIGINAL_RUNS_DIR,
      });
      const loaded = await storage.loadMeasurements();
      assertEquals(await readAll(storage), [...loaded]);
    }
    const storage = new MetricsStorage("run", { resultsDir });
    const { raw } = await storage.saveLatencyStats(collectorOfDetections(9000));
    const converted = (await Deno.readTextFile(raw)).replaceAll("\r\n", "\n");
    await Deno.writeTextFile(raw, converted);
    assertEquals((await readAll(storage)).length, 9000);
    assertEquals(await new Response(storage.csvStream()).text(), converted);
  }));

Deno.test("MetricsStorage.batches() and csvStream() fail at the end of a CSV that is not the summary's", () =>
  withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    const { raw, summary } = await storage.saveLatencyStats(
      collectorOfDetections(20_000),
    );
    const text = await Deno.readTextFile(raw);
    for (
      const changed of [
        text.slice(0, text.lastIndexOf("\n", text.length - 2) + 1),
        text + text.slice(text.indexOf("\n") + 1),
        text.slice(0, -5) + "1" + text.slice(-4),
      ]
    ) {
      await Deno.writeTextFile(raw, changed);
      await assertDamaged(() => readAll(storage));
      await assertDamaged(() => new Response(storage.csvStream()).bytes());
    }
    let rows = 0;
    for await (const { length } of storage.batches({ verify: false })) {
      rows += length;
    }
    assertEquals(rows, 20_000);
    await Deno.writeTextFile(raw, text.replace("75.5", "x"));
    await assertRejects(() => readAll(storage), StorageError, "Line 2");
    await Deno.remove(summary);
    for (
      const work of [
        () => readAll(storage),
        () => readAll(new MetricsStorage("none", { resultsDir })),
        () => new Response(storage.csvStream()).bytes(),
      ]
    ) {
      const error = await assertRejects(work, StorageError);
      assertEquals(error.code, "RUN_NOT_FOUND");
    }
  }));

Deno.test("MetricsStorage.batches() goes on with the run it began with when that is saved anew or deleted", () =>
  withResultsDir(async (resultsDir) => {
    const storage = new MetricsStorage("run", { resultsDir });
    await storage.saveLatencyStats(collectorOfDetections(40_000, 1));
    const batches = storage.batches();
    await batches.next();
    await storage.saveLatencyStats(collectorOfDetections(3, 2));
    await storage.deleteRun();
    let rows = 16_384;
    for await (const { length, durationsMs } of batches) {
      rows += length;
      assertEquals(durationsMs[0], 1);
    }
    assertEquals(rows, 40_000);
  }));

Deno.test("MetricsStorage.batches() and csvStream() read no further than they are asked, and close the file", () =>
  withResultsDir(async (resultsDir) => {
    let readBytes = 0;
    const files = systemFilesWith({
      open: async (path, options) => {
        const file = await Deno.open(path, options);
        const read = file.read.bind(file);
        file.read = async (buffer) => {
          const length = await read(buffer);
          readBytes += length ?? 0;
          return length;
        };
        return file;
      },
    });
    const storage = storageOn(files, "run", { resultsDir });
    const { raw } = await storage.saveLatencyStats(
      collectorOfDetections(200_000),
    );
    const { size } = await Deno.stat(raw);
    for (let i = 0; i < 2; i++) {
      readBytes = 0;
      const batches = storage.batches();
      assertEquals(readBytes, 0);
      await batches.next();
      assert(readBytes < size / 3, `${readBytes} bytes of ${size}`);
      await batches.return();
    }
    readBytes = 0;
    const reader = storage.csvStream().getReader();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assertEquals(readBytes, 0);
    await reader.read();
    assert(readBytes <= 256 * 1024);
    // The sanitizer of the test would find an open file.
    await reader.cancel();
  }));

Deno.test("MetricsStorage.batches() and csvStream() end with their signal and check their options", () =>
  withResultsDir(async (resultsDir) => {
    const storage = new RunStore(resultsDir).run("run");
    await storage.saveLatencyStats(new LatencyCollector());
    const signal = AbortSignal.abort(new Error("enough"));
    await assertRejects(
      () => Array.fromAsync(storage.batches({ signal })),
      Error,
      "enough",
    );
    await assertRejects(
      () => new Response(storage.csvStream({ signal })).bytes(),
      Error,
      "enough",
    );
    const verify = "yes" as never;
    assertThrows(() => storage.batches({ verify }), TypeError, "verify");
    assertThrows(() => storage.csvStream({ verify }), TypeError, "verify");
  }));
