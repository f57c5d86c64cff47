import type { ByMetricType } from "./metrics.ts";

/** One metric type of two runs side by side, in milliseconds. */
export interface MetricComparison {
  /** Mean of this run. */
  readonly this_mean_ms: number;
  /** Mean of the other run. */
  readonly other_mean_ms: number;
  /** `this_mean_ms - other_mean_ms`: negative where this run is faster. */
  readonly diff_ms: number;
  /** 95th percentile of this run. */
  readonly this_p95_ms: number;
  /** 95th percentile of the other run. */
  readonly other_p95_ms: number;
}

/** Two runs side by side. */
export interface RunComparison {
  /** Id of this run. */
  readonly run1: string;
  /** Id of the other run. */
  readonly run2: string;
  /** When they were compared: local time, ISO 8601 with microseconds. */
  readonly timestamp: string;
  /** The metric types that both runs have. */
  readonly metrics: ByMetricType<MetricComparison>;
  /** Metric types that this run alone has. */
  readonly only_in_run1: readonly string[];
  /** Metric types that the other run alone has. */
  readonly only_in_run2: readonly string[];
}
