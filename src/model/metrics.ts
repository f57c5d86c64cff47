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
  readonly count: number;
  /** Arithmetic mean. */
  readonly mean_ms: number;
  /** Median: the upper one when the count is even. */
  readonly p50_ms: number;
  /** 95th percentile. */
  readonly p95_ms: number;
  /** 99th percentile. */
  readonly p99_ms: number;
  /** Longest. */
  readonly max_ms: number;
  /** Shortest. */
  readonly min_ms: number;
}

/**
 * The same for one satellite. A summary written by the Python original has
 * neither `p99_ms` nor `min_ms` here.
 */
export interface SatelliteStats {
  /** How many measurements there are; never 0. */
  readonly count: number;
  /** Arithmetic mean. */
  readonly mean_ms: number;
  /** Median: the upper one when the count is even. */
  readonly p50_ms: number;
  /** 95th percentile. */
  readonly p95_ms: number;
  /** Longest. */
  readonly max_ms: number;
  /** 99th percentile; missing in a summary of the original. */
  readonly p99_ms?: number;
  /** Shortest; missing in a summary of the original. */
  readonly min_ms?: number;
}

/**
 * Counts or statistics by metric type. As in any JavaScript object, a type that
 * looks like an array index comes before the others.
 */
export type ByMetricType<T> = { readonly [metricType: string]: T | undefined };

/** Something by satellite: the outer key is the satellite's id. */
export type BySatellite<T> = { readonly [satelliteId: string]: T | undefined };

/** What `latency_summary.json` says of its CSV, to tell a mixed pair. */
export interface RawCsvStamp {
  /** Size of the CSV in bytes. */
  readonly size_bytes: number;
  /** XXH32 (seed 0) of the file, as 8 hexadecimal digits. */
  readonly xxh32: string;
  /**
   * The compressed file that stands for it, as `latency_raw.csv.gz`: size and
   * checksum are those of the bytes in it. Missing where the CSV is plain.
   */
  readonly file?: string;
}

/**
 * What a bench says of a run, by name: the firmware, the host, the branch. All
 * of it takes at most 64 KiB as JSON.
 */
export type RunLabels = { readonly [name: string]: string };

/** A run's summary: the document in `latency_summary.json`, deeply frozen. */
export interface RunMetrics {
  /** The run it belongs to. */
  readonly run_id: string;
  /** When it was saved: local time, ISO 8601 with microseconds, no offset. */
  readonly timestamp: string;
  /** How many measurements the run has. */
  readonly total_measurements: number;
  /** How many of each metric type. */
  readonly measurement_types: ByMetricType<number>;
  /** Statistics of each metric type, over all satellites. */
  readonly stats: ByMetricType<MetricStats>;
  /** Statistics of each satellite (the outer key) and metric type. */
  readonly stats_by_satellite: BySatellite<ByMetricType<SatelliteStats>>;
  /** Size and checksum of the CSV; missing in a summary of the original. */
  readonly raw_csv?: RawCsvStamp;
  /** What was said of the run as it was saved; missing where nothing was. */
  readonly labels?: RunLabels;
  /**
   * True for a run that was being streamed as its process or the power ended:
   * it has the measurements up to then. Missing for any other.
   */
  readonly incomplete?: true;
  /**
   * XXH32 (seed 0) of every byte of the file before this key, line ends taken
   * as LF, as 8 hexadecimal digits; missing in a summary of the original.
   */
  readonly summary_xxh32?: string;
}
