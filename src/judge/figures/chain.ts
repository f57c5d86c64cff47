import type { Series } from "../../columns/measurement_columns.ts";
import { METRIC_TYPES } from "../../model/measurement.ts";
import { SLICE_VALUES, type Sliced } from "../../event_loop/sliced.ts";
import type { GroupedRun } from "./grouped_run.ts";

/** What the rows of the chain have for a metric type. */
export const CHAIN = "chain";

/** The metric types that follow one another in a chain. */
export const STAGES: readonly string[] = METRIC_TYPES;

/** Durations of chains by satellite, each one after the other. */
export interface Chains {
  readonly durationsMs: Float64Array;
  /** Satellites with the places where theirs begin and end. */
  readonly ofSatellites: readonly {
    readonly satelliteId: string;
    readonly start: number;
    readonly end: number;
  }[];
}

/**
 * The durations of whole chains: detection, decision and recovery of one
 * satellite and one scenario time add up. Of several at one time, the first
 * belong together, then the second, and so on; what has no counterpart in all
 * three stages is left out.
 */
export function* joinChains(
  run: GroupedRun,
  series: readonly Series[],
): Sliced<Chains> {
  const codes = STAGES.map((stage) => codesBySatellite(run, series, stage));
  const [first, second, third] = codes as [Codes, Codes, Codes];
  const ofSatellites: Chains["ofSatellites"][number][] = [];
  let most = 0;
  for (const code of first.values()) {
    most += run.ends[code]! - run.starts[code]!;
  }
  const durationsMs = new Float64Array(most);
  let at = 0;
  for (const [satelliteId, code] of first) {
    const decision = second.get(satelliteId);
    const recovery = third.get(satelliteId);
    if (decision === undefined || recovery === undefined) continue;
    const start = at;
    const stages = [code, decision, recovery];
    at = (yield* areAscending(run, stages))
      ? yield* merge(run, stages, durationsMs, at)
      : yield* look(run, stages, durationsMs, at);
    if (at > start) ofSatellites.push({ satelliteId, start, end: at });
  }
  return { durationsMs: durationsMs.subarray(0, at), ofSatellites };
}

type Codes = ReadonlyMap<string, number>;

function codesBySatellite(
  { codesOfTypes }: GroupedRun,
  series: readonly Series[],
  stage: string,
): Codes {
  return new Map(
    codesOfTypes.get(stage)?.map((code) => [series[code]!.satelliteId, code]),
  );
}

function* areAscending(
  { scenarioTimesS, starts, ends }: GroupedRun,
  codes: readonly number[],
): Sliced<boolean> {
  for (const code of codes) {
    for (let from = starts[code]! + 1; from < ends[code]!;) {
      const to = Math.min(ends[code]!, from + SLICE_VALUES);
      for (; from < to; from++) {
        if (scenarioTimesS[from]! < scenarioTimesS[from - 1]!) return false;
      }
      yield;
    }
  }
  return true;
}

/** Goes through three ascending series at once, as a bench records them. */
function* merge(
  { scenarioTimesS: timesS, durationsMs, starts, ends }: GroupedRun,
  codes: readonly number[],
  chainsMs: Float64Array,
  at: number,
): Sliced<number> {
  let [i, j, k] = codes.map((code) => starts[code]!) as [
    number,
    number,
    number,
  ];
  const [iEnd, jEnd, kEnd] = codes.map((code) => ends[code]!) as [
    number,
    number,
    number,
  ];
  while (i < iEnd && j < jEnd && k < kEnd) {
    for (
      let n = SLICE_VALUES;
      n > 0 && i < iEnd && j < jEnd && k < kEnd;
      n--
    ) {
      const a = timesS[i]!;
      const b = timesS[j]!;
      const c = timesS[k]!;
      if (a === b && b === c) {
        chainsMs[at++] = durationsMs[i++]! + durationsMs[j++]! +
          durationsMs[k++]!;
      } else {
        const last = Math.max(a, b, c);
        if (a < last) i++;
        if (b < last) j++;
        if (c < last) k++;
      }
    }
    yield;
  }
  return at;
}

/** The same in any order, by a table of the times: ten times as slow. */
function* look(
  { scenarioTimesS: timesS, durationsMs, starts, ends }: GroupedRun,
  codes: readonly number[],
  chainsMs: Float64Array,
  at: number,
): Sliced<number> {
  const [detection, decision, recovery] = codes as [number, number, number];
  const decisions = yield* queues(decision);
  const recoveries = yield* queues(recovery);
  for (let i = starts[detection]!; i < ends[detection]!; i++) {
    const timeS = timesS[i]!;
    const j = decisions.get(timeS)?.at(-1);
    const k = recoveries.get(timeS)?.at(-1);
    if (j !== undefined && k !== undefined) {
      decisions.get(timeS)!.pop();
      recoveries.get(timeS)!.pop();
      chainsMs[at++] = durationsMs[i]! + durationsMs[j]! + durationsMs[k]!;
    }
    if (i % SLICE_VALUES === 0) yield;
  }
  return at;

  /** Rows by time, the first at the end. */
  function* queues(code: number): Sliced<Map<number, number[]>> {
    const rows = new Map<number, number[]>();
    for (let i = ends[code]! - 1; i >= starts[code]!; i--) {
      const same = rows.get(timesS[i]!);
      if (same === undefined) rows.set(timesS[i]!, [i]);
      else same.push(i);
      if (i % SLICE_VALUES === 0) yield;
    }
    return rows;
  }
}
