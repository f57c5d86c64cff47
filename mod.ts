/**
 * Storage for the latency runs of hardware-in-the-loop test benches.
 *
 * A {@linkcode LatencyCollector} records measurements while the bench runs, a
 * {@linkcode MetricsStorage} keeps them as a run on disk, crash-safe, in the
 * files of AstraGuard's Python `MetricsStorage`, and compares runs.
 *
 * @example Record, save, compare
 * ```ts
 * import { LatencyCollector, MetricsStorage } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const resultsDir = await Deno.makeTempDir();
 * const collector = new LatencyCollector();
 * collector.recordFaultDetection("SAT1", 120.5, 75.2);
 * collector.recordAgentDecision("SAT1", 120.6, 131.7);
 *
 * const storage = new MetricsStorage("run_002", { resultsDir });
 * await storage.saveLatencyStats(collector);
 * await new MetricsStorage("run_001", { resultsDir })
 *   .saveLatencyStats(collector);
 *
 * const { metrics } = await storage.compareRuns("run_001");
 * assertEquals(metrics.agent_decision?.diff_ms, 0);
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 *
 * @module
 */
export type { Clock } from "./src/clock.ts";
export {
  type CollectorSummary,
  type EmptyCollectorSummary,
  type ExportCsvOptions,
  LatencyCollector,
  type LatencyCollectorOptions,
  type NewMeasurement,
} from "./src/collect/latency_collector.ts";
export {
  StorageError,
  type StorageErrorCode,
  type StorageErrorOptions,
} from "./src/errors.ts";
export type { FileOperations } from "./src/files/file_operations.ts";
export {
  CSV_COLUMNS,
  type Measurement,
  METRIC_TYPES,
  type MetricComparison,
  type MetricStats,
  type RawCsvStamp,
  type RunComparison,
  type RunMetrics,
  type SatelliteStats,
} from "./src/measurement.ts";
export {
  type CompareRunsOptions,
  type GetRecentRunsOptions,
  type GetRunMetricsOptions,
  type LoadMeasurementsOptions,
  MetricsStorage,
  type MetricsStorageOptions,
  type SavedRun,
} from "./src/store/metrics_storage.ts";
export type { RunOrder } from "./src/store/recent_runs.ts";
export type { RunRepair } from "./src/store/repair_run.ts";
export type {
  RunProblem,
  RunProblemKind,
  RunVerification,
} from "./src/store/verify_run.ts";
