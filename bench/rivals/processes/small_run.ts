/** A measurement as both processes get it. */
export interface SmallRunMeasurement {
  timestamp: number;
  metricType: string;
  satelliteId: string;
  durationMs: number;
  scenarioTimeS: number;
}

const TYPES = ["fault_detection", "agent_decision", "recovery_action"];

/** Measurements that cost next to nothing to make, as whole processes count. */
export function* smallRun(rows: number): Generator<SmallRunMeasurement> {
  for (let i = 0; i < rows; i++) {
    yield {
      timestamp: 1_770_624_000 + i / 10 + Math.sin(i) / 100,
      metricType: TYPES[i % 3]!,
      satelliteId: `SAT${1 + i % 5}`,
      durationMs: 100 + 20 * Math.cos(i),
      scenarioTimeS: i / 10,
    };
  }
}
