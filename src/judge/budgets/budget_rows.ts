import type { Sliced } from "../../event_loop/sliced.ts";
import { meanOf } from "../centre_and_spread.ts";
import { CHAIN } from "../figures/chain.ts";
import type { JudgedFigure } from "../figures/judged_figure.ts";
import type { GroupFigures, RunFigures } from "../figures/run_figures.ts";
import type { FiguresToJudge } from "../figures_to_judge.ts";
import type { JudgementRow, RatioInterval } from "../judgement.ts";
import { digitsOf, formatChange, formatMs } from "../percent.ts";
import {
  formatInterval,
  geometricMean,
  intervalOf,
  UNKNOWN_NOISE,
} from "../rows/judged_row.ts";
import {
  metricTypesOf,
  samplesOf,
  satelliteIdsOf,
  tooFewSamples,
} from "../rows/row_draft.ts";
import type { RowName } from "../rows/levels.ts";
import { type CalibratedSpread, shiftOf } from "../rows/shift.ts";
import type { Tables } from "../rows/tables.ts";
import type { Budget } from "./budget.ts";

/** False alarms of all relative budgets of a judgement together. */
const LEVEL = 0.005;

/** Outside of a 95 % interval; half of it outside of a 90 % one. */
const OUTSIDE_95 = 0.05;

/** What a budget is compared with. */
interface Spot {
  readonly budget: Budget;
  readonly metricType: string;
  readonly satelliteId: string | undefined;
  readonly before: readonly GroupFigures[];
  readonly after: readonly GroupFigures[];
  /** In how many candidates it was not measured. */
  readonly missingIn: number;
}

/**
 * Rows of budgets. An absolute one is a fact of what was measured: the
 * geometric mean over the candidates, or the longest of all measurements. A
 * relative one is inference between runs: it is broken, or kept, where an
 * interval of the change lies beyond the limit, or within it.
 */
export function* budgetRows(
  set: FiguresToJudge,
  spreadFor: (name: RowName) => CalibratedSpread | undefined,
  tables: Tables,
): Sliced<JudgementRow[]> {
  const spots: Spot[] = [];
  for (const budget of set.budgets) {
    for (const spot of yield* spotsOf(budget, set)) spots.push(spot);
  }
  const relatives = spots.filter((it) => it.budget.limit.kind === "relative");
  const level = LEVEL / Math.max(relatives.length, 1);
  const rowOf = (spot: Spot): JudgementRow => {
    const { metricType, satelliteId, budget } = spot;
    const before = valuesOf(spot.before, budget);
    const after = valuesOf(spot.after, budget);
    const base = {
      metricType,
      satelliteId,
      figure: budget.figure.name,
      baseline: geometricMean(before.map(Math.log)),
      candidate: geometricMean(after.map(Math.log)),
      change: geometricMean(after.map(Math.log), before.map(Math.log)),
      interval: undefined,
      detectable: undefined,
      isGating: true,
      budget: budget.text,
    };
    const refusal = refusalOf(spot);
    if (refusal !== undefined) {
      return { ...base, verdict: "inconclusive", reason: refusal };
    }
    const row: JudgementRow = budget.limit.kind === "absolute"
      ? { ...base, ...keptAbsolute(budget, budget.limit.value, after) }
      : {
        ...base,
        ...keptRelative(budget, budget.limit.ratio, before, after, {
          spread: spreadFor({
            metricType,
            satelliteId,
            figure: budget.figure.name as JudgedFigure,
          }),
          level,
          tables,
        }),
      };
    // What some have not measured is not known to be kept.
    return spot.missingIn > 0 && row.verdict === "equivalent"
      ? {
        ...row,
        verdict: "inconclusive",
        reason:
          `${spot.missingIn} of ${set.candidates.length} candidates have not measured it`,
      }
      : row;
  };
  const rows: JudgementRow[] = [];
  for (const spot of spots) {
    rows.push(rowOf(spot));
    yield;
  }
  return rows;
}

/** The metrics and satellites that a budget is of. */
function* spotsOf(
  budget: Budget,
  { baselines, candidates }: FiguresToJudge,
): Sliced<Spot[]> {
  const runs = [...baselines, ...candidates];
  const metricTypes = budget.metricType === undefined
    ? metricTypesOf(runs).filter((it) => it !== CHAIN)
    : [budget.metricType];
  const spots: Spot[] = [];
  for (const metricType of metricTypes) {
    for (const satelliteId of satellitesOf(budget, metricType, runs)) {
      const groupsOf = (of: readonly RunFigures[]) =>
        of.map(({ groups }) => groups.get(metricType)?.get(satelliteId))
          .filter((group) => group !== undefined);
      const [before, after] = [groupsOf(baselines), groupsOf(candidates)];
      const missingIn = candidates.length - after.length;
      const spot = { budget, metricType, satelliteId };
      spots.push({ ...spot, before, after, missingIn });
      yield;
    }
  }
  return spots;
}

function satellitesOf(
  { satellites }: Budget,
  metricType: string,
  runs: readonly RunFigures[],
): (string | undefined)[] {
  if (satellites.kind === "together") return [undefined];
  if (satellites.kind === "one") return [satellites.satelliteId];
  const found = satelliteIdsOf(metricType, runs);
  found.delete(undefined);
  // A budget of nothing is a row that says so.
  return found.size === 0 ? [undefined] : [...found];
}

function refusalOf({ budget, before, after }: Spot): string | undefined {
  const { name, fewestSamples } = budget.figure;
  if (after.length === 0) return "no candidate has measured it";
  const ofAfter = tooFewSamples(name, fewestSamples, samplesOf(after));
  if (ofAfter !== undefined || budget.limit.kind === "absolute") {
    return ofAfter;
  }
  if (before.length === 0) return "no baseline has measured it";
  const values = [...valuesOf(before, budget), ...valuesOf(after, budget)];
  return values.some((value) => !(value > 0))
    ? "a value that is not above 0 has no ratio"
    : tooFewSamples(name, fewestSamples, samplesOf(before));
}

function valuesOf(
  groups: readonly GroupFigures[],
  { figure }: Budget,
): Float64Array {
  return Float64Array.from(
    groups,
    ({ values, quantilesMs }) =>
      values[figure.name as JudgedFigure] ??
        quantilesMs.get(figure.quantile!)!,
  );
}

function keptAbsolute(
  { figure, isLimitIncluded }: Budget,
  limit: number,
  after: Float64Array,
): Pick<JudgementRow, "candidate" | "verdict" | "reason"> {
  // One measurement that is too long breaks a deadline, in whichever run.
  const value = figure.name === "max" ? Math.max(...after) : typicalOf(after);
  const isKept = isLimitIncluded ? value <= limit : value < limit;
  const format = figure.name === "tail" ? digitsOf : formatMs;
  const allowed = `${isLimitIncluded ? "at most" : "below"} ${format(limit)}`;
  return {
    candidate: value,
    verdict: isKept ? "equivalent" : "regressed",
    reason: `${isKept ? "within" : "over"} the budget: ${
      format(value)
    }, ${allowed} allowed`,
  };
}

/**
 * The geometric mean, without the last digits that logarithms cost: a limit
 * that all are at is met. A single 0 would make it 0, however long the others
 * are, so that the arithmetic mean serves there.
 */
function typicalOf(values: Float64Array): number {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const mean = least > 0 ? geometricMean(values.map(Math.log)) : undefined;
  return Math.min(Math.max(mean ?? meanOf(values), least), most);
}

function keptRelative(
  { isLimitIncluded }: Budget,
  limit: number,
  before: Float64Array,
  after: Float64Array,
  { spread, level, tables }: {
    readonly spread: CalibratedSpread | undefined;
    readonly level: number;
    readonly tables: Tables;
  },
): Pick<JudgementRow, "interval" | "verdict" | "reason"> {
  const shift = shiftOf(before.map(Math.log), after.map(Math.log), spread);
  const { logChange, logError, freedom } = shift;
  if (logError === undefined) {
    return {
      interval: undefined,
      verdict: "inconclusive",
      reason: UNKNOWN_NOISE,
    };
  }
  const half = logError * tables.tQuantile(OUTSIDE_95 / 2, freedom);
  const interval: RatioInterval = intervalOf(logChange, half);
  const surely = logChange - logError * tables.tQuantile(level, freedom);
  const atMost = logChange + logError * tables.tQuantile(OUTSIDE_95, freedom);
  const logLimit = Math.log(limit);
  const allowed = `${isLimitIncluded ? "at most" : "below"} ${
    formatChange(limit)
  } allowed`;
  const said = `${formatChange(Math.exp(logChange))} (${
    formatInterval(interval)
  }), ${allowed}`;
  if (surely > logLimit) {
    return {
      interval,
      verdict: "regressed",
      reason: `over the budget: ${said}`,
    };
  }
  return atMost < logLimit
    ? { interval, verdict: "equivalent", reason: `within the budget: ${said}` }
    : { interval, verdict: "inconclusive", reason: `can't tell: ${said}` };
}
