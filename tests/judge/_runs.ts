import { LatencyCollector } from "@astraguard/hil-metrics";
import { Random } from "../../src/judge/random.ts";

/** How a simulated run comes out. */
export interface SimulatedRun {
  readonly seed: number;
  /** What durations of a metric type and satellite are multiplied by. */
  readonly factor?: (metricType: string, satelliteId: string) => number;
  /** Measurements of each metric type and satellite. */
  readonly perSeries?: number;
  /** Standard deviation of the logarithm between runs. */
  readonly betweenSd?: number;
  /** The first timestamp. */
  readonly startS?: number;
}

const MEDIANS_MS = {
  fault_detection: 75,
  agent_decision: 130,
  recovery_action: 210,
};

/** A run of three metric types and satellites, log-normal within. */
export function simulatedRun(
  {
    seed,
    factor = () => 1,
    perSeries = 100,
    betweenSd = 0.01,
    startS = 0,
  }: SimulatedRun,
): LatencyCollector {
  const random = new Random(seed);
  const collector = new LatencyCollector();
  const effects = Object.values(MEDIANS_MS)
    .map(() => betweenSd * random.normal());
  for (let i = 0; i < perSeries; i++) {
    for (const satelliteId of ["SAT1", "SAT2", "SAT3"]) {
      Object.entries(MEDIANS_MS).forEach(([metricType, medianMs], j) => {
        const log = effects[j]! + 0.2 * random.normal();
        collector.record({
          metricType,
          satelliteId,
          scenarioTimeS: i,
          durationMs: medianMs * factor(metricType, satelliteId) *
            Math.exp(log),
          timestamp: startS + i / 10,
        });
      });
    }
  }
  return collector;
}

/** Several such runs, each with a seed of its own. */
export function simulatedRuns(
  count: number,
  firstSeed: number,
  options: Omit<SimulatedRun, "seed"> = {},
): LatencyCollector[] {
  return Array.from(
    { length: count },
    (_, i) => simulatedRun({ ...options, seed: firstSeed + i }),
  );
}

/** Multiplies the durations of one metric type. */
export function slower(
  metricType: string,
  by: number,
): (metricType: string) => number {
  return (it) => it === metricType ? by : 1;
}
