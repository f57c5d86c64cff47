import {
  LatencyCollector,
  type Measurement,
  METRIC_TYPES,
  type MetricsStorage,
  type RunMetrics,
  StorageError,
} from "../../../mod.ts";

/** What stands for "there is no such run"; the first save is generation 1. */
export const NO_RUN = 0;

/** Durations of a generation start at this many milliseconds times it. */
const STEP_MS = 32;

/** How many rows a generation has: mostly few, one in 32 has 20,000. */
export function rowsOf(generation: number): number {
  const hash = Math.imul(generation, 2654435761) >>> 0;
  const size = (hash >>> 16) % 32;
  if (size === 0) return 20_000;
  return size < 6 ? 2_000 : 10 + (hash >>> 8) % 200;
}

/** The measurements of a generation: every number tells which it is. */
export function collectGeneration(generation: number): LatencyCollector {
  const collector = new LatencyCollector();
  const rows = rowsOf(generation);
  for (let row = 0; row < rows; row++) {
    collector.record(measurementOf(generation, row));
  }
  return collector;
}

/** The generation that a run's summary and measurements are of. */
export async function readGeneration(storage: MetricsStorage): Promise<number> {
  const metrics = await storage.getRunMetrics({ useCache: false });
  return metrics === null ? NO_RUN : generationOfMetrics(metrics);
}

/** The generation that a run's measurements, all of them, are of. */
export async function loadGeneration(storage: MetricsStorage): Promise<number> {
  let collector;
  try {
    collector = await storage.loadMeasurements();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code === "RUN_NOT_FOUND") return NO_RUN;
    throw error;
  }
  let row = 0;
  let generation = NO_RUN;
  for (const measurement of collector.measurements) {
    if (row === 0) generation = measurement.durationMs / STEP_MS;
    const wanted = measurementOf(generation, row);
    for (const key of Object.keys(wanted) as (keyof Measurement)[]) {
      if (measurement[key] !== wanted[key]) {
        throw new Error(
          `row ${row} of generation ${generation} has ${key} ` +
            `${measurement[key]} instead of ${wanted[key]}`,
        );
      }
    }
    row++;
  }
  requireRows(generation, row);
  return generation;
}

/** The generation that a summary is of. */
export function generationOfMetrics(metrics: RunMetrics): number {
  const shortest = Object.values(metrics.stats).map((it) => it!.min_ms);
  const generation = Math.min(...shortest) / STEP_MS;
  requireRows(generation, metrics.total_measurements);
  return generation;
}

function requireRows(generation: number, rows: number): void {
  if (Number.isSafeInteger(generation) && rows === rowsOf(generation)) return;
  throw new Error(`generation ${generation} has ${rows} rows`);
}

function measurementOf(generation: number, row: number): Measurement {
  return {
    timestamp: 1.7e9 + generation + row / 65536,
    metricType: METRIC_TYPES[row % METRIC_TYPES.length]!,
    satelliteId: `SAT${row % 5}`,
    durationMs: generation * STEP_MS + row / 1024,
    scenarioTimeS: generation + row / 16,
  };
}
