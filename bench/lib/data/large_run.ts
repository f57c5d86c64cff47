import { LatencyCollector } from "../../../mod.ts";
import { METRIC_TYPES } from "../../../src/model/measurement.ts";
import { normal, seededRandom } from "./random.ts";
import { columnsOf } from "../../../src/record/latency_collector.ts";
import type { ColumnsView } from "../../../src/columns/measurement_columns.ts";

const START_S = 1_770_624_000;

/**
 * A collector with this many measurements of three types and five satellites:
 * durations of 100 ms give or take 20; or skewed, log-normal ones, nine of ten
 * of one series.
 */
export function largeRun(rows: number, skewed = false): LatencyCollector {
  const collector = new LatencyCollector();
  const random = seededRandom(1);
  for (let i = 0; i < rows; i++) {
    const first = skewed && random() < 0.9;
    const durationMs = normal(random, 100, 20);
    collector.record({
      timestamp: START_S + i / 10 + random() / 100,
      metricType: METRIC_TYPES[first ? 0 : Math.floor(random() * 3)]!,
      satelliteId: `SAT${first ? 1 : 1 + Math.floor(random() * 5)}`,
      durationMs: skewed ? Math.exp(durationMs / 20) : Math.abs(durationMs),
      scenarioTimeS: i / 10,
    });
  }
  return collector;
}

/** The columns of a large run. */
export function largeColumns(rows: number, skewed = false): ColumnsView {
  return columnsOf(largeRun(rows, skewed)).snapshot();
}
