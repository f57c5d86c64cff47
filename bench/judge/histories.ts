import { Random } from "../../src/judge/random.ts";
import { changePoints } from "../../src/judge/trend/change_points.ts";
import { bestSplit } from "../../src/judge/trend/best_cut.ts";
import { type HistoryKind, simulateHistory } from "./simulate_history.ts";
import { energySplit, tTest } from "./rivals.ts";

/** Where change points were found in a history, by a rule. */
export type TrendRule = (logs: Float64Array) => number[];

/** What a rule made of histories, each a share of them. */
export interface TrendRates {
  /** An unchanged history had a change point. */
  readonly alarms: number;
  /** A shift was found within two runs. */
  readonly shift: number;
  /** A shift of 15 to 30 runs and its end were both found within two runs. */
  readonly upAndBack: number;
  /** Where there was a shift, a change point was found besides it. */
  readonly besides: number;
}

/** Spread of the logarithms between runs: 2 %. */
const LOG_SD = 0.02;

/** A shift of three deviations between runs. */
const SHIFT_SDS = 3;

const WITHIN_RUNS = 2;

/** Rules of others, and the package's own. */
export const TREND_RULES: Readonly<Record<string, TrendRule>> = {
  "changePoints()": (logs) =>
    changePoints([...logs.map(Math.exp)]).map(({ index }) => index),
  "best split, then t at .01": (logs) => {
    const { from } = bestSplit(logs, 5)!;
    return tTest(logs.slice(0, from), logs.slice(from)) < 0.01 ? [from] : [];
  },
  "energy split, then t at .001": (logs) => energyCuts(logs, 0),
};

/** Tries a rule on unchanged and changed histories of so many runs. */
export function trendRates(
  rule: TrendRule,
  kind: HistoryKind,
  { length, histories, seed }: {
    readonly length: number;
    readonly histories: number;
    readonly seed: number;
  },
): TrendRates {
  const random = new Random(seed);
  const counts = { alarms: 0, shift: 0, upAndBack: 0, besides: 0 };
  for (let i = 0; i < histories; i++) {
    const history = simulateHistory({ kind, length, random })
      .map((it) => LOG_SD * it);
    if (rule(history).length > 0) counts.alarms++;
    const from = 10 + random.below(length - 20);
    const shifted = history.map((it, j) => j >= from ? it + shift() : it);
    const found = rule(shifted);
    if (isWithin(found, [from])) counts.shift++;
    if (found.length > 1) counts.besides++;
    const end = 35 + random.below(length - 45);
    const start = end - 15 - random.below(16);
    const raised = history.map((it, j) =>
      j >= start && j < end ? it + shift() : it
    );
    if (isWithin(rule(raised), [start, end])) counts.upAndBack++;
  }
  return {
    alarms: counts.alarms / histories,
    shift: counts.shift / histories,
    upAndBack: counts.upAndBack / histories,
    besides: counts.besides / histories,
  };
}

function shift(): number {
  return SHIFT_SDS * LOG_SD;
}

function isWithin(found: readonly number[], wanted: readonly number[]) {
  return wanted.every((it) =>
    found.some((other) => Math.abs(it - other) <= WITHIN_RUNS)
  );
}

function energyCuts(logs: Float64Array, offset: number): number[] {
  const from = energySplit(logs, 2);
  if (from === undefined) return [];
  const [before, after] = [logs.subarray(0, from), logs.subarray(from)];
  if (!(tTest(before, after) < 0.001)) return [];
  return [
    ...energyCuts(before, offset),
    offset + from,
    ...energyCuts(after, offset + from),
  ];
}
