import type { MeasurementBatch, RunMetrics } from "@astraguard/hil-metrics";
import type { CompressionCodec, SchemaElement } from "hyparquet";
import { ByteWriter } from "hyparquet-writer/src/bytewriter.js";
import { ParquetWriter } from "hyparquet-writer/src/parquet-writer.js";
import { Pace } from "../event_loop/pace.ts";
import { ParquetFooter } from "./parquet_footer.ts";

/** How the pages of a Parquet file are compressed. */
export interface ParquetCodec {
  /** What Parquet calls it. */
  readonly name: CompressionCodec;
  /** Compresses a page, which has some 32 KiB. */
  compress(page: Uint8Array): Uint8Array;
}

/** Options of {@linkcode parquetOf}. */
export interface ParquetOptions {
  /**
   * The summary of the run, which is kept as metadata of the file:
   * `hil_metrics.run_id`, `hil_metrics.timestamp`,
   * `hil_metrics.total_measurements`, `hil_metrics.labels` (as JSON) and, of a run
   * that was cut off, `hil_metrics.incomplete`.
   *
   * @default {undefined} nothing is said of the run
   */
  readonly metrics?: RunMetrics;
  /**
   * How pages are compressed: `"snappy"`, which every reader knows, not at all,
   * or by a codec that is handed in.
   *
   * @default {"snappy"}
   */
  readonly compression?: "snappy" | "none" | ParquetCodec;
}

/** Rows of a group: to encode them takes some 1 to 2 ms. */
const GROUP_ROWS = 4096;

/**
 * Rows of the first group; each has twice as many as the one before. Until their
 * code is compiled, 4,096 hold the event loop for 12 ms.
 */
const FIRST_ROWS = 256;

const CREATED_BY = "hil-metrics";

/** What a Parquet file begins and ends with. */
const MAGIC = new TextEncoder().encode("PAR1");

/** The columns of the run's CSV, by the same names. */
const COLUMNS = [
  { name: "timestamp", type: "DOUBLE" },
  { name: "metric_type", type: "BYTE_ARRAY", converted_type: "UTF8" },
  { name: "satellite_id", type: "BYTE_ARRAY", converted_type: "UTF8" },
  { name: "duration_ms", type: "DOUBLE" },
  { name: "scenario_time_s", type: "DOUBLE" },
] as const;

const SCHEMA: SchemaElement[] = [
  { name: "measurements", num_children: COLUMNS.length },
  ...COLUMNS.map((it) => ({ ...it, repetition_type: "REQUIRED" as const })),
];

/**
 * The bytes of a Parquet file with these measurements, as they are asked for:
 * in groups of up to 4,096 rows, so that memory does not grow with the run (but for
 * some 450 bytes a group, which the file ends with) and the event loop goes on.
 *
 * Numbers are doubles, the same as in the run's CSV, and so are the names of the
 * columns. `timestamp` is Unix time in seconds: `to_timestamp(timestamp)` in
 * DuckDB.
 *
 * @example A run as Parquet
 * ```ts
 * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 * import { parquetReadObjects } from "hyparquet";
 * import { parquetOf } from "./parquet.ts";
 *
 * const resultsDir = await Deno.makeTempDir();
 * const run = new RunStore(resultsDir).run("run_1");
 * const collector = new LatencyCollector({ clock: () => 1770645801.25 });
 * collector.recordFaultDetection("SAT1", 120.5, 75.2);
 * await run.saveLatencyStats(collector);
 *
 * const bytes = await Array.fromAsync(parquetOf(run.batches()));
 * const file = await new Blob(bytes as BlobPart[]).arrayBuffer();
 * assertEquals(await parquetReadObjects({ file }), [{
 *   timestamp: 1770645801.25,
 *   metric_type: "fault_detection",
 *   satellite_id: "SAT1",
 *   duration_ms: 75.2,
 *   scenario_time_s: 120.5,
 * }]);
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 */
export async function* parquetOf(
  batches: AsyncIterable<MeasurementBatch>,
  { metrics, compression = "snappy" }: ParquetOptions = {},
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const pace = new Pace();
  const footer = new ParquetFooter(SCHEMA);
  const file = new GroupWriter(compression);
  let groupRows = FIRST_ROWS;
  for await (const batch of batches) {
    for (let from = 0; from < batch.length;) {
      const to = Math.min(from + groupRows, batch.length);
      footer.add(file.write(batch, from, to));
      from = to;
      groupRows = Math.min(2 * groupRows, GROUP_ROWS);
      yield file.takeBytes();
      await pace.turnIfOver();
    }
  }
  // The magic, where no group came after it.
  yield file.takeBytes();
  for (const piece of footer.finish(keyValues(metrics), CREATED_BY)) {
    yield new Uint8Array(piece);
    await pace.turnIfOver();
  }
  yield MAGIC.slice();
}

/** Encodes groups of rows. */
class GroupWriter {
  readonly #bytes = new ByteWriter();
  readonly #writer: ParquetWriter;
  readonly #doubles: "PLAIN" | "BYTE_STREAM_SPLIT";

  constructor(compression: NonNullable<ParquetOptions["compression"]>) {
    const isSnappy = compression === "snappy";
    // By bytes of the same place snappy makes a third less of doubles; zstd does
    // better without, and so does every reader.
    this.#doubles = isSnappy ? "BYTE_STREAM_SPLIT" : "PLAIN";
    this.#writer = new ParquetWriter({
      writer: this.#bytes,
      schema: SCHEMA,
      codec: isSnappy
        ? "SNAPPY"
        : compression === "none"
        ? "UNCOMPRESSED"
        : compression.name,
      ...(typeof compression === "object" && {
        compressors: { [compression.name]: compression.compress },
      }),
    });
  }

  /** Encodes rows of a batch; what is to be said of them at the end. */
  write(batch: MeasurementBatch, from: number, to: number) {
    const { series } = batch;
    const codes = batch.seriesCodes.subarray(from, to);
    const metricTypes: string[] = [];
    const satelliteIds: string[] = [];
    for (const code of codes) {
      const { metricType, satelliteId } = series[code]!;
      metricTypes.push(metricType);
      satelliteIds.push(satelliteId);
    }
    const encoding = this.#doubles;
    const doubles = (data: Float64Array) => ({
      data: data.subarray(from, to),
      encoding,
    });
    this.#writer.write({
      columnData: [
        { name: "timestamp", ...doubles(batch.timestamps) },
        { name: "metric_type", data: metricTypes },
        { name: "satellite_id", data: satelliteIds },
        { name: "duration_ms", ...doubles(batch.durationsMs) },
        { name: "scenario_time_s", ...doubles(batch.scenarioTimesS) },
      ],
      rowGroupSize: to - from,
    });
    // Each column has one page, so that there are no indexes of pages.
    this.#writer.pendingIndexes.length = 0;
    return this.#writer.row_groups.pop()!;
  }

  /** Takes the bytes that have been encoded. */
  takeBytes(): Uint8Array<ArrayBuffer> {
    const { buffer, index } = this.#bytes;
    this.#bytes.index = 0;
    return new Uint8Array(buffer.slice(0, index));
  }
}

function keyValues(metrics: RunMetrics | undefined) {
  if (metrics === undefined) return [];
  const { run_id, timestamp, total_measurements, labels, incomplete } = metrics;
  return Object.entries({
    run_id,
    timestamp,
    total_measurements: String(total_measurements),
    labels: JSON.stringify(labels ?? {}),
    ...(incomplete && { incomplete: "true" }),
  }).map(([key, value]) => ({ key: `hil_metrics.${key}`, value }));
}
