import type { Pace } from "../../event_loop/pace.ts";
import { ROWS_A_LOOK } from "../../event_loop/pace.ts";
import type { ReportRun } from "../report_content.ts";

/** Measurements of one satellite, in recording order. */
export interface SatelliteRows {
  readonly satelliteId: string;
  readonly timestamps: Float64Array;
  readonly scenarioTimesS: Float64Array;
  readonly durationsMs: Float64Array;
}

/** A run by metric type, in the order of first measurements. */
export interface GroupedRun {
  /** Its place among all runs of the report. */
  readonly index: number;
  readonly runId: string;
  readonly metrics: ReadonlyMap<string, readonly SatelliteRows[]>;
}

/** Runs that are shown in one colour. */
export interface RunGroup {
  /** As `Baseline`. */
  readonly name: string;
  readonly runs: readonly GroupedRun[];
}

const FIRST_CAPACITY = 64;

/** Doubles of a number that is not known before. */
class GrowingColumn {
  #values = new Float64Array(FIRST_CAPACITY);
  #length = 0;

  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  get all(): Float64Array {
    return this.#values.subarray(0, this.#length);
  }
}

interface GrowingRows {
  readonly satelliteId: string;
  readonly timestamps: GrowingColumn;
  readonly scenarioTimesS: GrowingColumn;
  readonly durationsMs: GrowingColumn;
}

/** Sorts the measurements of a run by metric type and satellite. */
export async function groupRun(
  index: number,
  { runId, measurements }: ReportRun,
  pace: Pace,
): Promise<GroupedRun> {
  const metrics = new Map<string, Map<string, GrowingRows>>();
  let count = 0;
  for (const it of measurements) {
    const rows = rowsOf(metrics, it.metricType, it.satelliteId);
    rows.timestamps.push(it.timestamp);
    rows.scenarioTimesS.push(it.scenarioTimeS);
    rows.durationsMs.push(it.durationMs);
    if (++count % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
  }
  return {
    index,
    runId,
    metrics: new Map(
      [...metrics].map(([metricType, bySatellite]) => [
        metricType,
        [...bySatellite.values()].map((rows) => ({
          satelliteId: rows.satelliteId,
          timestamps: rows.timestamps.all,
          scenarioTimesS: rows.scenarioTimesS.all,
          durationsMs: rows.durationsMs.all,
        })),
      ]),
    ),
  };
}

function rowsOf(
  metrics: Map<string, Map<string, GrowingRows>>,
  metricType: string,
  satelliteId: string,
): GrowingRows {
  let bySatellite = metrics.get(metricType);
  if (bySatellite === undefined) {
    bySatellite = new Map();
    metrics.set(metricType, bySatellite);
  }
  let rows = bySatellite.get(satelliteId);
  if (rows === undefined) {
    rows = {
      satelliteId,
      timestamps: new GrowingColumn(),
      scenarioTimesS: new GrowingColumn(),
      durationsMs: new GrowingColumn(),
    };
    bySatellite.set(satelliteId, rows);
  }
  return rows;
}
