import type { Measurement } from "../../../mod.ts";

/** The row of this number in every run that is streamed. */
export function streamedRow(row: number): Measurement {
  return {
    timestamp: 1_770_645_801 + row / 8,
    metricType: row % 3 === 0 ? "downlink" : "agent_decision",
    satelliteId: `SAT${row % 5}`,
    durationMs: 75 + row / 7,
    scenarioTimeS: row,
  };
}
