import { assertEquals, assertRejects } from "@std/assert";
import { zstdDecompressSync } from "node:zlib";
import { parquetMetadata, parquetReadObjects } from "hyparquet";
import fc from "fast-check";
import type { MeasurementBatch, RunMetrics } from "@astraguard/hil-metrics";
import { parquetOf, type ParquetOptions } from "../../src/export/parquet.ts";
import { parquetZstd } from "../../src/export/parquet_zstd.ts";
import { allBytes, rowsOf, someBatches } from "./_batches.ts";

async function fileOf(
  batches: AsyncIterable<MeasurementBatch>,
  options?: ParquetOptions,
): Promise<ArrayBuffer> {
  return (await allBytes(parquetOf(batches, options))).buffer;
}

async function readBack(
  file: ArrayBuffer,
): Promise<Record<string, unknown>[]> {
  return await parquetReadObjects({
    file,
    compressors: { ZSTD: (page) => new Uint8Array(zstdDecompressSync(page)) },
  });
}

const CODECS: readonly NonNullable<ParquetOptions["compression"]>[] = [
  "snappy",
  "none",
  parquetZstd,
];

for (const compression of CODECS) {
  const name = typeof compression === "string" ? compression : compression.name;
  Deno.test(`parquetOf() writes what hyparquet reads back, compressed by ${name}`, async () => {
    // One row, groups that are full and not, and more than 14 of them, from
    // where on their number is spelled otherwise.
    for (const lengths of [[1], [4096, 5], [16384, 16384, 16384, 16384, 9]]) {
      const file = await fileOf(someBatches(...lengths), { compression });
      assertEquals(await readBack(file), await rowsOf(someBatches(...lengths)));
    }
  });
}

Deno.test("parquetOf() writes typed columns, none of which can be null", async () => {
  const { schema, num_rows, row_groups, created_by } = parquetMetadata(
    await fileOf(someBatches(5000)),
  );
  assertEquals(
    schema,
    [
      { name: "measurements", num_children: 5 },
      { name: "timestamp", type: "DOUBLE" },
      { name: "metric_type", type: "BYTE_ARRAY", converted_type: "UTF8" },
      { name: "satellite_id", type: "BYTE_ARRAY", converted_type: "UTF8" },
      { name: "duration_ms", type: "DOUBLE" },
      { name: "scenario_time_s", type: "DOUBLE" },
    ].map((it) => ({
      ...Object.fromEntries(
        [
          "type_length",
          "repetition_type",
          "num_children",
          "converted_type",
          "scale",
          "precision",
          "field_id",
          "logical_type",
          "type",
        ].map((key) => [key, undefined]),
      ),
      ...(it.name !== "measurements" && { repetition_type: "REQUIRED" }),
      ...it,
    })) as unknown as typeof schema,
  );
  assertEquals(num_rows, 5000n);
  // Small ones first, as long as their code is not compiled.
  assertEquals(row_groups.map((it) => Number(it.num_rows)), [
    ...[256, 512, 1024, 2048, 1160],
  ]);
  assertEquals(created_by, "hil-metrics");
  const duration = row_groups[4]!.columns[3]!.meta_data!.statistics!;
  const durations = (await rowsOf(someBatches(5000))).slice(3840)
    .map((it) => it.duration_ms as number);
  assertEquals(duration.min_value, Math.min(...durations));
  assertEquals(duration.max_value, Math.max(...durations));
});

Deno.test("parquetOf() says what the summary says of the run", async () => {
  const metrics = {
    run_id: "run_1",
    timestamp: "2026-02-09T15:03:21.250000",
    total_measurements: 3,
    labels: { firmware: "4.2", "ключ": '"' },
    incomplete: true,
  } as unknown as RunMetrics;
  const about = async (metrics: RunMetrics) =>
    parquetMetadata(await fileOf(someBatches(3), { metrics }))
      .key_value_metadata;
  assertEquals(await about(metrics), [
    { key: "hil_metrics.run_id", value: "run_1" },
    { key: "hil_metrics.timestamp", value: "2026-02-09T15:03:21.250000" },
    { key: "hil_metrics.total_measurements", value: "3" },
    { key: "hil_metrics.labels", value: '{"firmware":"4.2","ключ":"\\""}' },
    { key: "hil_metrics.incomplete", value: "true" },
  ]);
  const { labels: _, incomplete: __, ...plain } = metrics;
  assertEquals((await about(plain))?.at(-1), {
    key: "hil_metrics.labels",
    value: "{}",
  });
});

Deno.test("parquetOf() writes a file of no rows", async () => {
  const file = await fileOf(someBatches());
  assertEquals(await readBack(file), []);
  assertEquals(parquetMetadata(file).num_rows, 0n);
});

Deno.test("parquetOf() keeps every double and every id", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.tuple(
          fc.double({ noNaN: true, noDefaultInfinity: true }),
          fc.string({ unit: "grapheme", minLength: 1 }),
        ),
        { minLength: 1, maxLength: 50 },
      ),
      async (rows) => {
        const durationsMs = Float64Array.from(rows, ([value]) => value);
        const batch: MeasurementBatch = {
          length: rows.length,
          ...{ durationsMs, timestamps: durationsMs },
          scenarioTimesS: durationsMs,
          seriesCodes: Int32Array.from(rows.keys()),
          series: rows.map(([, id]) => ({ metricType: id, satelliteId: id })),
        };
        const batches = async function* () {
          yield batch;
          await Promise.resolve();
        };
        const back = await readBack(await fileOf(batches()));
        assertEquals(back.map((it) => it.duration_ms), [...durationsMs]);
        assertEquals(
          back.map((it) => it.satellite_id),
          rows.map(([, id]) => id),
        );
      },
    ),
    { numRuns: 100 },
  );
});

Deno.test("parquetOf() asks for a batch only when bytes of it are needed", async () => {
  let given = 0;
  const batches = async function* () {
    for await (const batch of someBatches(256, 512, 1024)) {
      given++;
      yield batch;
    }
  };
  const pieces = parquetOf(batches());
  await pieces.next();
  assertEquals(given, 1);
  await pieces.next();
  assertEquals(given, 2);
  await pieces.return(undefined);
});

Deno.test("parquetOf() fails as its batches do", async () => {
  const batches = async function* (): AsyncGenerator<MeasurementBatch> {
    yield* someBatches(10);
    throw new Error("the run is damaged");
  };
  await assertRejects(() => fileOf(batches()), Error, "the run is damaged");
});
