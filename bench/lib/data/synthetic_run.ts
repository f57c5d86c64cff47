import {
  type Measurement,
  METRIC_TYPES,
} from "../../../src/model/measurement.ts";
import { normal, seededRandom } from "./random.ts";

const SATELLITE_IDS = ["SAT1", "SAT2", "SAT3", "SAT4", "SAT5"] as const;
const START_S = 1_770_624_000;

/**
 * The measurements that the report's benchmarks record: durations of mean
 * 100 ms and standard deviation 20 ms, three metric types and five satellites
 * at random, ten a second of scenario time. The same seed gives the same run.
 */
export function syntheticRun(count: number, seed: number): Measurement[] {
  const random = seededRandom(seed);
  const pick = <T>(choices: readonly T[]): T =>
    choices[Math.floor(random() * choices.length)]!;
  return Array.from({ length: count }, (_, i) => ({
    timestamp: START_S + i / 10 + random() / 100,
    metricType: pick(METRIC_TYPES),
    satelliteId: pick(SATELLITE_IDS),
    durationMs: Math.abs(normal(random, 100, 20)),
    scenarioTimeS: i / 10,
  }));
}
