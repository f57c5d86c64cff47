import type { CsvCodec, MetricsStorage } from "@astraguard/hil-metrics";
import { jsonLinesOf } from "./json_lines.ts";
import type { ParquetOptions } from "./parquet.ts";

/** A format that runs are exported in. */
export type ExportFormat = "csv" | "jsonl" | "parquet";

/** Every format that runs are exported in. */
export const EXPORT_FORMATS: readonly ExportFormat[] = Object.freeze(
  ["csv", "jsonl", "parquet"] as const,
);

/** Options of {@linkcode exportRun}. */
export interface ExportRunOptions {
  /**
   * What CSV and JSON lines are compressed with.
   *
   * @default {undefined} they are not
   */
  readonly codec?: CsvCodec;
  /**
   * How the pages of Parquet are compressed.
   *
   * @default {"snappy"}
   */
  readonly compression?: NonNullable<ParquetOptions["compression"]>;
  /**
   * Ends the export with its reason.
   *
   * @default {undefined} it is not ended
   */
  readonly signal?: AbortSignal;
}

/**
 * The bytes of a run in another format, read and encoded as they are asked for,
 * in memory that does not grow with it. The CSV is the run's own, to the byte.
 *
 * That the run is not what its summary says is known only at the end: whoever
 * writes a file keeps it under another name until then.
 *
 * @throws {StorageError} As of `MetricsStorage.batches()`, when bytes are asked
 * for.
 *
 * @example To a file
 * ```ts
 * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 * import { exportRun } from "./export_run.ts";
 *
 * const resultsDir = await Deno.makeTempDir();
 * const run = new RunStore(resultsDir).run("run_1");
 * const collector = new LatencyCollector();
 * collector.recordFaultDetection("SAT1", 120.5, 75.2);
 * const { raw } = await run.saveLatencyStats(collector);
 *
 * const path = `${resultsDir}/export.csv`;
 * await Deno.writeFile(path, ReadableStream.from(exportRun(run, "csv")));
 * assertEquals(await Deno.readFile(path), await Deno.readFile(raw));
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 */
export async function* exportRun(
  run: MetricsStorage,
  format: ExportFormat,
  { codec, signal, ...options }: ExportRunOptions = {},
): AsyncGenerator<Uint8Array> {
  const how = signal === undefined ? {} : { signal };
  if (format === "parquet") {
    const metrics = await run.getRunMetrics({ useCache: "revalidate" });
    // It is no small thing to load, and only this needs it.
    const { parquetOf } = await import("./parquet.ts");
    yield* parquetOf(run.batches(how), {
      ...options,
      ...(metrics !== null && { metrics }),
    });
    return;
  }
  const chunks = format === "csv"
    ? run.csvStream(how)
    : jsonLinesOf(run.batches(how));
  yield* codec?.compress(chunks) ?? chunks;
}
