/**
 * Storage for the latency runs of hardware-in-the-loop test benches.
 *
 * A {@linkcode LatencyCollector} records measurements while the bench runs, a
 * {@linkcode MetricsStorage} keeps them as a run on disk, crash-safe, in the
 * files of AstraGuard's Python `MetricsStorage`, and a {@linkcode RunStore}
 * lists and compares the runs of a directory.
 *
 * @example Record, save, compare
 * ```ts
 * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const resultsDir = await Deno.makeTempDir();
 * const store = new RunStore(resultsDir);
 * const collector = new LatencyCollector();
 * collector.recordFaultDetection("SAT1", 120.5, 75.2);
 * collector.recordAgentDecision("SAT1", 120.6, 131.7);
 * await store.run("run_001").saveLatencyStats(collector);
 * await store.run("run_002").saveLatencyStats(collector);
 *
 * const { metrics } = await store.compareRuns("run_002", "run_001");
 * assertEquals(metrics.agent_decision?.diff_ms, 0);
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 *
 * @module
 */
export { CompressedDataError } from "./src/formats/compressed_data_error.ts";
export type {
  ByteChunks,
  CsvCodec,
  DecompressOptions,
} from "./src/formats/csv_codec.ts";
export { gzip } from "./src/formats/gzip.ts";
export type {
  MetricComparison,
  RunComparison,
} from "./src/model/comparison.ts";
export type { Series } from "./src/columns/measurement_columns.ts";
export {
  StorageError,
  type StorageErrorCode,
  type StorageErrorOptions,
} from "./src/model/errors.ts";
export {
  CSV_COLUMNS,
  type Measurement,
  METRIC_TYPES,
  type MetricType,
} from "./src/model/measurement.ts";
export type {
  ByMetricType,
  BySatellite,
  MetricStats,
  RawCsvStamp,
  RunLabels,
  RunMetrics,
  SatelliteStats,
} from "./src/model/metrics.ts";
export type { OnProgress, Progress } from "./src/model/progress.ts";
export type {
  JudgedOperations,
  ObservationsJudgement,
  ObserveOptions,
  Operation,
  SlowOperation,
} from "./src/observe/observe_options.ts";
export type { Clock } from "./src/record/clock.ts";
export type { ExportCsvOptions } from "./src/record/csv_export.ts";
export {
  type CollectorSummary,
  type EmptyCollectorSummary,
  LatencyCollector,
  type LatencyCollectorOptions,
  type NewMeasurement,
} from "./src/record/latency_collector.ts";
export type { MeasurementBatch } from "./src/run/read_batches.ts";
export type { BaselinesDocument } from "./src/run/baselines_file.ts";
export type { RunRepair } from "./src/run/repair_run.ts";
export type {
  RunProblem,
  RunProblemKind,
  RunVerification,
} from "./src/run/verify_run.ts";
export type { Baselines } from "./src/store/baselines.ts";
export type {
  CompressedRuns,
  CompressRunsOptions,
  CompressRunsProgress,
} from "./src/store/compress_runs.ts";
export type { AppendedBatch } from "./src/store/batch_reader.ts";
export type { ListRunsOptions, StoredRun } from "./src/store/find_runs.ts";
export type { RunOrder } from "./src/store/list_runs.ts";
export {
  type CompareRunsOptions,
  type GetRunMetricsOptions,
  type LoadedRun,
  type LoadMeasurementsOptions,
  MetricsStorage,
  type MetricsStorageOptions,
  type SavedRun,
  type SaveOptions,
  type SignalOptions,
} from "./src/store/metrics_storage.ts";
export type { RunWriter } from "./src/store/run_writer.ts";
export type { RunIndex, RunSearch } from "./src/store/run_index.ts";
export type { RunStoreOptions } from "./src/store/results_directory.ts";
export { type RecoverOptions, RunStore } from "./src/store/run_store.ts";
export type { RunToSave, SaveRunsOptions } from "./src/store/save_runs.ts";
