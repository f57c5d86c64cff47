import type {
  GroupedRun,
  SatelliteRows,
} from "../../../src/report/figures/grouped_runs.ts";

/** Rows of a satellite, one a second. */
export function rowsOf(
  satelliteId: string,
  durationsMs: Iterable<number>,
  scenarioTimesS?: Iterable<number>,
): SatelliteRows {
  const durations = Float64Array.from(durationsMs);
  const times = durations.map((_, i) => i);
  return {
    satelliteId,
    durationsMs: durations,
    timestamps: times,
    scenarioTimesS: scenarioTimesS === undefined
      ? times
      : Float64Array.from(scenarioTimesS),
  };
}

/** A run of these metrics. */
export function runOf(
  metrics: Record<string, readonly SatelliteRows[]>,
): GroupedRun {
  return { index: 0, runId: "run", metrics: new Map(Object.entries(metrics)) };
}
