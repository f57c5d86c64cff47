import { LatencyCollector } from "../../../mod.ts";
import type { Measurement } from "../../../src/model/measurement.ts";
import { ObjectCollector } from "../before/object_collector.ts";
import { syntheticRun } from "../../lib/data/synthetic_run.ts";

/** The same measurements, as the original and as this package hold them. */
export interface Collectors {
  objects: ObjectCollector;
  columns: LatencyCollector;
}

/** Records synthetic measurements in both collectors. */
export function recordBoth(count: number, seed: number): Collectors {
  const measurements: Measurement[] = syntheticRun(count, seed);
  const columns = new LatencyCollector();
  for (const measurement of measurements) columns.record(measurement);
  return { objects: new ObjectCollector(measurements), columns };
}
