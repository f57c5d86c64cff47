/** A metric type that the original bench records. */
export type MetricType =
  | "fault_detection"
  | "agent_decision"
  | "recovery_action";

/** The metric types the original bench records; any other string works too. */
export const METRIC_TYPES: readonly MetricType[] = Object.freeze(
  ["fault_detection", "agent_decision", "recovery_action"] as const,
);

/**
 * The columns that every `latency_raw.csv` begins with, in the order they stand
 * in the file. There may be more after them, which are passed over.
 */
export const CSV_COLUMNS: readonly [
  "timestamp",
  "metric_type",
  "satellite_id",
  "duration_ms",
  "scenario_time_s",
] = Object.freeze(
  [
    "timestamp",
    "metric_type",
    "satellite_id",
    "duration_ms",
    "scenario_time_s",
  ] as const,
);

/** One latency that a bench measured. */
export interface Measurement {
  /** When it was recorded: Unix time in seconds, with a fraction. */
  readonly timestamp: number;
  /** What was measured, such as `"fault_detection"`. */
  readonly metricType: string;
  /** The satellite it was measured on. */
  readonly satelliteId: string;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Simulation time at which it happened, in seconds. */
  readonly scenarioTimeS: number;
}
