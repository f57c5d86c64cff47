import type { Sliced } from "../../event_loop/sliced.ts";
import { meanOf } from "../centre_and_spread.ts";
import { CHAIN } from "../figures/chain.ts";
import type { FiguresToJudge } from "../figures_to_judge.ts";
import type { JudgementRow, RatioInterval } from "../judgement.ts";
import { formatChange } from "../percent.ts";
import { ALARM_LEVEL } from "./levels.ts";
import type { RowDraft } from "./row_draft.ts";
import { runsNeeded } from "./runs_needed.ts";
import type { RunCounts, Shift } from "./shift.ts";
import type { Tables } from "./tables.ts";

/** What the candidates of a row did. */
export interface TestedShift {
  readonly shift: Shift;
  readonly counts: RunCounts;
  /** Its share of the level. */
  readonly share: number;
  readonly hasChanged: boolean;
  /** Whether a single candidate looks slower. */
  readonly isSuspect: boolean;
}

/** Two-sided probabilities outside of intervals. */
const OUTSIDE_95 = 0.05;
const OUTSIDE_90 = 0.1;

/** Half the width of a 95 % interval in standard errors. */
const ERRORS_95 = 1.96;

/** What cannot be said without it. */
export const UNKNOWN_NOISE =
  "how much two unchanged runs differ is not known: give more baselines, or a calibration";

/** What a row says; `tested` is missing where it is refused. */
export function* judgedRow(
  draft: RowDraft,
  tested: TestedShift | undefined,
  { minChange, margin, gatingFigures }: FiguresToJudge,
  tables: Tables,
): Sliced<JudgementRow> {
  const { metricType, satelliteId, figure, refusal } = draft;
  const base: Omit<JudgementRow, "verdict" | "reason"> = {
    metricType,
    satelliteId,
    figure,
    baseline: geometricMean(draft.baselines),
    candidate: geometricMean(draft.candidates),
    change: geometricMean(draft.candidates, draft.baselines),
    interval: undefined,
    detectable: undefined,
    isGating: satelliteId === undefined && metricType !== CHAIN &&
      gatingFigures.includes(figure) && draft.baselines.length > 0 &&
      draft.candidates.length > 0,
    budget: undefined,
  };
  if (tested === undefined) {
    return { ...base, verdict: "inconclusive", reason: refusal! };
  }
  const { shift, counts, share, hasChanged } = tested;
  const { logChange, logError, freedom, probability } = shift;
  if (logError === undefined) {
    const within = draft.logErrorWithin;
    const interval = within === undefined
      ? undefined
      : intervalOf(logChange, ERRORS_95 * within);
    return {
      ...base,
      interval,
      verdict: "inconclusive",
      reason: UNKNOWN_NOISE,
    };
  }
  const half = logError * tables.tQuantile(OUTSIDE_95 / 2, freedom);
  const interval = intervalOf(logChange, half);
  const units = yield* tables.smallestChange(counts, ALARM_LEVEL * share);
  const detectable = units === undefined ||
      shift.logErrorUnchanged === undefined
    ? undefined
    : Math.exp(units * shift.logErrorUnchanged);
  const row = { ...base, interval, detectable };
  if (hasChanged) {
    return {
      ...row,
      verdict: logChange > 0 ? "regressed" : "improved",
      reason: `${formatChange(Math.exp(logChange))} (${
        formatInterval(interval)
      }), p ${probability.toExponential(1)}`,
    };
  }
  const narrow = logError * tables.tQuantile(OUTSIDE_90 / 2, freedom);
  const isEquivalent = Math.abs(logChange) + narrow <= Math.log(1 + margin);
  const within = `within ${formatChange(1 + margin).slice(1)} either way`;
  const isEnough = (detectable ?? Infinity) <= 1 + minChange;
  if (isEquivalent && isEnough) {
    return { ...row, verdict: "equivalent", reason: within };
  }
  const found = detectable === undefined
    ? "no change could be found"
    : `changes from ${formatChange(detectable)} are found`;
  const needed = isEnough ? "" : `; ${
    runsNeeded(
      {
        counts,
        logError: shift.logErrorUnchanged ?? logError,
        level: ALARM_LEVEL * share,
        logChange: Math.log(1 + minChange),
      },
      tables,
    )
  } would find ${formatChange(1 + minChange)}`;
  // An equivalent row, too, may keep the judgement from passing.
  return isEquivalent
    ? {
      ...row,
      verdict: "equivalent",
      reason: `${within}; ${found}${needed}`,
    }
    : { ...row, verdict: "inconclusive", reason: `${found}${needed}` };
}

/** The geometric mean of logarithms, or the ratio of two; of none, none. */
export function geometricMean(
  logs: Float64Array,
  over?: Float64Array,
): number | undefined {
  const value = Math.exp(
    meanOf(logs) - (over === undefined ? 0 : meanOf(over)),
  );
  return Number.isFinite(value) ? value : undefined;
}

/** The ratios that lie half a width around a change. */
export function intervalOf(logChange: number, half: number): RatioInterval {
  return [Math.exp(logChange - half), Math.exp(logChange + half)];
}

/** An interval in words. */
export function formatInterval([low, high]: RatioInterval): string {
  return `${formatChange(low)} to ${formatChange(high)}`;
}
