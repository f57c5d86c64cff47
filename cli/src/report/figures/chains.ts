import { METRIC_TYPES } from "@astraguard/hil-metrics";
import { type Pace, ROWS_A_LOOK } from "../../event_loop/pace.ts";
import type { GroupedRun, SatelliteRows } from "./grouped_runs.ts";

/** Chains of one satellite: rows of their own, and what each stage took. */
export interface SatelliteChains extends SatelliteRows {
  /** The durations of each stage, chain by chain. */
  readonly stagesMs: readonly Float64Array[];
}

/** The stages of a chain, in their order. */
export const STAGES: readonly string[] = METRIC_TYPES;

/**
 * The chains of a run: detection, decision and recovery of one satellite and
 * one scenario time add up. Of several at one time, the first belong together,
 * then the second, and so on; what lacks a stage is left out.
 */
export async function joinChains(
  { metrics }: GroupedRun,
  pace: Pace,
): Promise<SatelliteChains[]> {
  const [first, second, third] = STAGES.map((stage): BySatellite =>
    new Map(metrics.get(stage)?.map((it) => [it.satelliteId, it]))
  ) as unknown as [BySatellite, BySatellite, BySatellite];
  const found: SatelliteChains[] = [];
  for (const [satelliteId, detection] of first) {
    const decision = second.get(satelliteId);
    const recovery = third.get(satelliteId);
    if (decision === undefined || recovery === undefined) continue;
    const chains = await join([detection, decision, recovery], pace);
    if (chains.durationsMs.length > 0) found.push(chains);
  }
  return found;
}

type BySatellite = ReadonlyMap<string, SatelliteRows>;

async function join(
  stages: readonly SatelliteRows[],
  pace: Pace,
): Promise<SatelliteChains> {
  const [detection] = stages as [SatelliteRows];
  const count = detection.durationsMs.length;
  const rows = stages.map(() => new Int32Array(count));
  const found = await match(stages, rows, pace);
  const taken = (from: Float64Array, stage: number): Float64Array =>
    Float64Array.from(rows[stage]!.subarray(0, found), (row) => from[row]!);
  const stagesMs: Float64Array[] = [];
  for (const [i, { durationsMs }] of stages.entries()) {
    stagesMs.push(taken(durationsMs, i));
    if (pace.isOver) await pace.turn();
  }
  return {
    satelliteId: detection.satelliteId,
    timestamps: taken(detection.timestamps, 0),
    scenarioTimesS: taken(detection.scenarioTimesS, 0),
    durationsMs: stagesMs[0]!.map((it, i) =>
      it + stagesMs[1]![i]! + stagesMs[2]![i]!
    ),
    stagesMs,
  };
}

/** Finds rows of one time in each stage, and returns how many there are. */
async function match(
  stages: readonly SatelliteRows[],
  rows: readonly Int32Array[],
  pace: Pace,
): Promise<number> {
  const times = stages.map(({ scenarioTimesS }) => scenarioTimesS);
  return times.every(areAscending)
    ? await merge(times, rows, pace)
    : await look(times, rows, pace);
}

function areAscending(values: Float64Array): boolean {
  for (let i = 1; i < values.length; i++) {
    if (values[i]! < values[i - 1]!) return false;
  }
  return true;
}

/** Goes through three ascending columns at once, as a bench records them. */
async function merge(
  times: readonly Float64Array[],
  rows: readonly Int32Array[],
  pace: Pace,
): Promise<number> {
  const at = [0, 0, 0];
  let found = 0;
  let steps = 0;
  while (times.every((column, i) => at[i]! < column.length)) {
    const [first, second, third] = times.map((column, i) =>
      column[at[i]!]!
    ) as [
      number,
      number,
      number,
    ];
    const last = Math.max(first, second, third);
    if (first === last && second === last && third === last) {
      rows.forEach((column, i) => column[found] = at[i]!++);
      found++;
    } else {
      times.forEach((column, i) => {
        if (column[at[i]!]! < last) at[i]!++;
      });
    }
    if (++steps % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
  }
  return found;
}

/** The same in any order, by a table of the times. */
async function look(
  times: readonly Float64Array[],
  rows: readonly Int32Array[],
  pace: Pace,
): Promise<number> {
  const [detections, decisions, recoveries] = times as [
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  const ofDecisions = await rowsByTime(decisions, pace);
  const ofRecoveries = await rowsByTime(recoveries, pace);
  let found = 0;
  for (let i = 0; i < detections.length; i++) {
    const decision = ofDecisions.get(detections[i]!);
    const recovery = ofRecoveries.get(detections[i]!);
    if (decision?.length && recovery?.length) {
      rows[0]![found] = i;
      rows[1]![found] = decision.pop()!;
      rows[2]![found] = recovery.pop()!;
      found++;
    }
    if (i % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
  }
  return found;
}

/** Rows by scenario time, the first of each at the end. */
async function rowsByTime(
  times: Float64Array,
  pace: Pace,
): Promise<Map<number, number[]>> {
  const rows = new Map<number, number[]>();
  for (let i = times.length - 1; i >= 0; i--) {
    const same = rows.get(times[i]!);
    if (same === undefined) rows.set(times[i]!, [i]);
    else same.push(i);
    if (i % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
  }
  return rows;
}
