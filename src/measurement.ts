/** The metric types the original bench records; any other string works too. */
export const METRIC_TYPES = [
  "fault_detection",
  "agent_decision",
  "recovery_action",
] as const;

/** The columns of `latency_raw.csv`, in the order they stand in the file. */
export const CSV_COLUMNS = [
  "timestamp",
  "metric_type",
  "satellite_id",
  "duration_ms",
  "scenario_time_s",
] as const;

/** One latency that a bench measured. */
export interface Measurement {
  /** When it was recorded: Unix time in seconds, with a fraction. */
  timestamp: number;
  /** What was measured, such as `"fault_detection"`. */
  metricType: string;
  /** The satellite it was measured on. */
  satelliteId: string;
  /** How long it took, in milliseconds. */
  durationMs: number;
  /** Simulation time at which it happened, in seconds. */
  scenarioTimeS: number;
}

/**
 * The durations of one metric type in numbers, all in milliseconds except the
 * count.
 *
 * With the `n` durations in ascending order `s`, a quantile is
 * `s[floor(n * q)]` (for p50 `s[floor(n / 2)]`), without interpolation, and
 * the mean is their sum in recording order over `n`: the definitions of the
 * Python original. A p99 of fewer than 100 measurements is their maximum.
 */
export interface MetricStats {
  /** How many measurements there are; never 0. */
  count: number;
  /** Arithmetic mean. */
  mean_ms: number;
  /** Median: the upper one when the count is even. */
  p50_ms: number;
  /** 95th percentile. */
  p95_ms: number;
  /** 99th percentile. */
  p99_ms: number;
  /** Longest. */
  max_ms: number;
  /** Shortest. */
  min_ms: number;
}

/**
 * The same for one satellite. A summary written by the Python original has
 * neither `p99_ms` nor `min_ms` here.
 */
export interface SatelliteStats {
  /** How many measurements there are; never 0. */
  count: number;
  /** Arithmetic mean. */
  mean_ms: number;
  /** Median: the upper one when the count is even. */
  p50_ms: number;
  /** 95th percentile. */
  p95_ms: number;
  /** Longest. */
  max_ms: number;
  /** 99th percentile; missing in a summary of the original. */
  p99_ms?: number;
  /** Shortest; missing in a summary of the original. */
  min_ms?: number;
}

/** What `latency_summary.json` says of its CSV, to tell a mixed pair. */
export interface RawCsvStamp {
  /** Size of `latency_raw.csv` in bytes. */
  size_bytes: number;
  /** XXH32 (seed 0) of the file, as 8 hexadecimal digits. */
  xxh32: string;
}

/** A run's summary: the document in `latency_summary.json`. */
export interface RunMetrics {
  /** The run it belongs to. */
  run_id: string;
  /** When it was saved: local time, ISO 8601 with microseconds, no offset. */
  timestamp: string;
  /** How many measurements the run has. */
  total_measurements: number;
  /** How many of each metric type. */
  measurement_types: Record<string, number>;
  /** Statistics of each metric type, over all satellites. */
  stats: Record<string, MetricStats>;
  /** Statistics of each metric type of each satellite. */
  stats_by_satellite: Record<string, Record<string, SatelliteStats>>;
  /** Size and checksum of the CSV; missing in a summary of the original. */
  raw_csv?: RawCsvStamp;
}

/** One metric type of two runs side by side, in milliseconds. */
export interface MetricComparison {
  /** Mean of this run. */
  this_mean_ms: number;
  /** Mean of the other run. */
  other_mean_ms: number;
  /** `this_mean_ms - other_mean_ms`: negative where this run is faster. */
  diff_ms: number;
  /** 95th percentile of this run. */
  this_p95_ms: number;
  /** 95th percentile of the other run. */
  other_p95_ms: number;
}

/** Two runs side by side. */
export interface RunComparison {
  /** Id of this run. */
  run1: string;
  /** Id of the other run. */
  run2: string;
  /** When they were compared: local time, ISO 8601 with microseconds. */
  timestamp: string;
  /** The metric types that both runs have. */
  metrics: Record<string, MetricComparison>;
  /** Metric types that this run alone has. */
  only_in_run1: string[];
  /** Metric types that the other run alone has. */
  only_in_run2: string[];
}
