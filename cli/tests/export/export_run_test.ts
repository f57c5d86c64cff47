import { assert, assertEquals, assertRejects } from "@std/assert";
import { gzip, LatencyCollector, RunStore } from "@astraguard/hil-metrics";
import { parquetReadObjects } from "hyparquet";
import { exportRun } from "../../src/export/export_run.ts";
import { readMeasurements } from "../../src/import/read_measurements.ts";
import { allBytes } from "./_batches.ts";

/** Runs a test with a run whose ids and numbers are not the simplest. */
async function withRun(
  test: (store: RunStore, collector: LatencyCollector) => Promise<void>,
): Promise<void> {
  const resultsDir = await Deno.makeTempDir();
  try {
    const store = new RunStore(resultsDir);
    let second = 0;
    const collector = new LatencyCollector({
      clock: () => 1770645801.123457 + second++,
    });
    for (const id of ["SAT1", 'SAT "2", a', "__proto__", "Ω🛰"]) {
      for (let i = 0; i < 2000; i++) {
        collector.recordFaultDetection(id, i / 7, 100 * i / 3);
      }
    }
    await store.run("run_1").saveLatencyStats(collector, {
      labels: { firmware: "4.2" },
    });
    await test(store, collector);
  } finally {
    await Deno.remove(resultsDir, { recursive: true });
  }
}

Deno.test("exportRun() gives the run's own CSV, to the byte", async () => {
  await withRun(async (store) => {
    const run = store.run("run_1");
    const csv = await new Response(run.csvStream()).bytes();
    assertEquals(await allBytes(exportRun(run, "csv")), csv);
    const compressed = await allBytes(exportRun(run, "csv", { codec: gzip }));
    assert(compressed.length < csv.length / 2);
    assertEquals(await allBytes(gzip.decompress([compressed])), csv);
  });
});

for (const format of ["csv", "jsonl"] as const) {
  for (const codec of [undefined, gzip]) {
    const compressed = codec === undefined ? "" : ` in ${codec.name}`;
    Deno.test(`exportRun() writes ${format}${compressed} that is imported as the same run`, async () => {
      await withRun(async (store, collector) => {
        const exported = exportRun(
          store.run("run_1"),
          format,
          codec && { codec },
        );
        const imported = readMeasurements(ReadableStream.from(exported));
        const measurements = (await Array.fromAsync(imported)).flat();
        assertEquals(measurements, [...collector]);
        assertEquals(imported.format, format);
      });
    });
  }
}

Deno.test("exportRun() writes Parquet of the same measurements", async () => {
  await withRun(async (store, collector) => {
    const bytes = await allBytes(exportRun(store.run("run_1"), "parquet"));
    assertEquals(
      await parquetReadObjects({ file: bytes.buffer }),
      [...collector].map((it) => ({
        timestamp: it.timestamp,
        metric_type: it.metricType,
        satellite_id: it.satelliteId,
        duration_ms: it.durationMs,
        scenario_time_s: it.scenarioTimeS,
      })),
    );
  });
});

Deno.test("exportRun() fails for a run that is not there, and ends with its signal", async () => {
  await withRun(async (store) => {
    for (const format of ["csv", "jsonl", "parquet"] as const) {
      const error = await assertRejects(
        () => allBytes(exportRun(store.run("run_2"), format)),
      );
      assertEquals((error as { code?: string }).code, "RUN_NOT_FOUND");
      const signal = AbortSignal.abort(new Error("enough"));
      await assertRejects(
        () => allBytes(exportRun(store.run("run_1"), format, { signal })),
        Error,
        "enough",
      );
    }
  });
});
