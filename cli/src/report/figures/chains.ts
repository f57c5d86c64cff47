import { METRIC_TYPES } from "@astraguard/hil-metrics";
import { type Pace, ROWS_A_LOOK } from "../pace.ts";
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
    const chains = await join(detection, decision, recovery, pace);
    if (chains.durationsMs.length > 0) found.push(chains);
  }
  return found;
}

type BySatellite = ReadonlyMap<string, SatelliteRows>;

async function join(
  detection: SatelliteRows,
  decision: SatelliteRows,
  recovery: SatelliteRows,
  pace: Pace,
): Promise<SatelliteChains> {
  const decisions = await rowsByTime(decision, pace);
  const recoveries = await rowsByTime(recovery, pace);
  const count = detection.durationsMs.length;
  const columns = Array.from({ length: 6 }, () => new Float64Array(count));
  const [timestamps, scenarioTimesS, durationsMs, ...stagesMs] = columns as [
    Float64Array,
    Float64Array,
    Float64Array,
    ...Float64Array[],
  ];
  let at = 0;
  for (let i = 0; i < count; i++) {
    const timeS = detection.scenarioTimesS[i]!;
    const ofDecision = decisions.get(timeS);
    const ofRecovery = recoveries.get(timeS);
    if (ofDecision?.length && ofRecovery?.length) {
      const stages = [
        detection.durationsMs[i]!,
        decision.durationsMs[ofDecision.pop()!]!,
        recovery.durationsMs[ofRecovery.pop()!]!,
      ];
      timestamps[at] = detection.timestamps[i]!;
      scenarioTimesS[at] = timeS;
      stages.forEach((stageMs, j) => {
        stagesMs[j]![at] = stageMs;
        durationsMs[at]! += stageMs;
      });
      at++;
    }
    if (i % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
  }
  return {
    satelliteId: detection.satelliteId,
    timestamps: timestamps.subarray(0, at),
    scenarioTimesS: scenarioTimesS.subarray(0, at),
    durationsMs: durationsMs.subarray(0, at),
    stagesMs: stagesMs.map((it) => it.subarray(0, at)),
  };
}

/** Rows by scenario time, the first of each at the end. */
async function rowsByTime(
  { scenarioTimesS }: SatelliteRows,
  pace: Pace,
): Promise<Map<number, number[]>> {
  const rows = new Map<number, number[]>();
  for (let i = scenarioTimesS.length - 1; i >= 0; i--) {
    const same = rows.get(scenarioTimesS[i]!);
    if (same === undefined) rows.set(scenarioTimesS[i]!, [i]);
    else same.push(i);
    if (i % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
  }
  return rows;
}
