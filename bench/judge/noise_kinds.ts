import { LatencyCollector } from "@astraguard/hil-metrics";
import type { Random } from "../../src/judge/random.ts";

/** A way in which simulated runs vary though nothing has changed. */
export interface NoiseKind {
  /** What the command line calls it. */
  readonly id: string;
  readonly name: string;
  /** Correlation of the logarithms of neighbouring durations. */
  readonly correlation: number;
  /** Draws the logarithm by which a metric of a whole run is off. */
  readonly drawRunEffect: (random: Random) => number;
}

/** The degrees of freedom of the heaviest tail whose variance is finite. */
const HEAVY_FREEDOM = 3;

/** All kinds that the judge is tried with. */
export const NOISE_KINDS: readonly NoiseKind[] = [
  { id: "iid", name: "iid", correlation: 0, drawRunEffect: () => 0 },
  { id: "ar5", name: "AR(1) 0.5", correlation: 0.5, drawRunEffect: () => 0 },
  { id: "ar8", name: "AR(1) 0.8", correlation: 0.8, drawRunEffect: () => 0 },
  {
    id: "between1",
    name: "between runs 1 %",
    correlation: 0,
    drawRunEffect: (random) => 0.01 * random.normal(),
  },
  {
    id: "between2",
    name: "between runs 2 %",
    correlation: 0,
    drawRunEffect: (random) => 0.02 * random.normal(),
  },
  {
    id: "heavy",
    name: "heavy tails between runs",
    correlation: 0,
    drawRunEffect: (random) => {
      let squares = 0;
      for (let i = 0; i < HEAVY_FREEDOM; i++) squares += random.normal() ** 2;
      return 0.01 * random.normal() / Math.sqrt(squares / HEAVY_FREEDOM);
    },
  },
];

const METRICS = [
  { metricType: "fault_detection", logMedian: Math.log(75) },
  { metricType: "agent_decision", logMedian: Math.log(130) },
  { metricType: "recovery_action", logMedian: Math.log(210) },
] as const;
const SATELLITES = ["SAT1", "SAT2", "SAT3"];

/** Standard deviation of the logarithms within a run. */
const LOG_SD = 0.3;

/** A run of log-normal durations, so many of each metric and satellite. */
export function simulateRun(
  { correlation, drawRunEffect }: NoiseKind,
  perSeries: number,
  random: Random,
): LatencyCollector {
  const collector = new LatencyCollector();
  const effects = METRICS.map(() => drawRunEffect(random));
  const innovation = Math.sqrt(1 - correlation ** 2);
  const states = SATELLITES.map(() => METRICS.map(() => random.normal()));
  for (let i = 0; i < perSeries; i++) {
    for (const [s, satelliteId] of SATELLITES.entries()) {
      for (const [m, { metricType, logMedian }] of METRICS.entries()) {
        const state = correlation * states[s]![m]! +
          innovation * random.normal();
        states[s]![m] = state;
        collector.record({
          metricType,
          satelliteId,
          scenarioTimeS: i,
          durationMs: Math.exp(logMedian + effects[m]! + LOG_SD * state),
          timestamp: i,
        });
      }
    }
  }
  return collector;
}
