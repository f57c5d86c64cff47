import { SLICE_VALUES, type Sliced } from "../event_loop/sliced.ts";
import { attribute } from "./attribution.ts";
import { budgetRows } from "./budgets/budget_rows.ts";
import { CHAIN } from "./figures/chain.ts";
import type { FiguresToJudge } from "./figures_to_judge.ts";
import type { Judgement, JudgementRow } from "./judgement.ts";
import type { Noise } from "./noise.ts";
import { overallVerdict } from "./overall_verdict.ts";
import { judgedRow, type TestedShift } from "./rows/judged_row.ts";
import {
  ALARM_LEVEL,
  changedRows,
  levelsOf,
  type RowName,
  SUSPICION_LEVEL,
} from "./rows/levels.ts";
import type { RunFigures } from "./figures/run_figures.ts";
import {
  draftRows,
  type Drafts,
  metricTypesOf,
  type MissingGroup,
  type RowDraft,
  samplesOf,
} from "./rows/row_draft.ts";
import {
  type CalibratedSpread,
  type RunCounts,
  type Shift,
  shiftOf,
} from "./rows/shift.ts";
import { guardSpread } from "./rows/spread_guard.ts";
import type { Tables } from "./rows/tables.ts";

/** Judges runs by their figures; `tables` may serve many judgements. */
export function* judgeFigures(
  set: FiguresToJudge,
  tables: Tables,
): Sliced<Judgement> {
  const { baselines, candidates, noise } = set;
  const drafts = yield* draftRows(baselines, candidates);
  yield;
  const guard = guardSpread(
    noise,
    drafts.rows,
    baselines,
    candidates,
    set.isNoiseDoubtful,
  );
  const testable = drafts.rows.filter(({ refusal }) => refusal === undefined);
  const shifts: Shift[] = [];
  const probabilities = new Float64Array(testable.length);
  const suspicions = new Float64Array(testable.length);
  const counts: RunCounts[] = [];
  for (const [i, row] of testable.entries()) {
    const spread = guard.isUsable ? spreadOf(noise!, row) : undefined;
    const shift = shiftOf(row.baselines, row.candidates, spread);
    probabilities[i] = shift.probability;
    suspicions[i] = shift.suspicion;
    shifts.push(shift);
    counts.push({
      baselines: row.baselines.length,
      candidates: row.candidates.length,
      calibrationFreedom: spread?.freedom ?? 0,
    });
    yield;
  }
  const levels = yield* levelsOf(testable, candidates.length);
  const hasChanged = yield* changedRows(
    testable,
    probabilities,
    levels,
    ALARM_LEVEL,
  );
  const isSuspect = candidates.length === 1
    ? yield* changedRows(testable, suspicions, levels, SUSPICION_LEVEL)
    : [];
  const tested = new Map<RowDraft, TestedShift>();
  for (const [i, row] of testable.entries()) {
    tested.set(row, {
      shift: shifts[i]!,
      counts: counts[i]!,
      share: levels.shares[i]!,
      hasChanged: hasChanged[i]!,
      isSuspect: (isSuspect[i] ?? false) && shifts[i]!.logChange > 0,
    });
    if (i % SLICE_VALUES === 0) yield;
  }

  const rows: JudgementRow[] = drafts.missing.map((it) =>
    missingRow(it, baselines.length, candidates.length)
  );
  let isSuspicious = false;
  for (const draft of drafts.rows) {
    const found = tested.get(draft);
    const row = yield* judgedRow(draft, found, set, tables);
    // What does not gate never decides, so that it is no reason for more runs.
    if (row.isGating && found?.isSuspect) isSuspicious = true;
    rows.push(row);
    yield;
  }
  const attribution = yield* attribute(rows);
  const spreadFor = (name: RowName) =>
    guard.isUsable ? spreadOf(noise!, name) : undefined;
  // One at a time: there may be more than a call takes arguments.
  for (const row of yield* budgetRows(set, spreadFor, tables)) rows.push(row);
  yield;
  return {
    ...overallVerdict(rows, set, guard.busy, isSuspicious),
    rows,
    attribution,
    warnings: [
      ...set.warnings,
      ...guard.warnings,
      ...missingWarnings(drafts, candidates.length),
      ...fewerWarnings(baselines, candidates),
    ],
  };
}

function spreadOf(noise: Noise, row: RowName): CalibratedSpread | undefined {
  const known = noise.find(row.metricType, row.satelliteId, row.figure);
  return known && { logVariance: known.log_sd ** 2, freedom: known.runs - 1 };
}

function missingRow(
  { metricType, satelliteId, baselineCount, measuredIn, missingIn }:
    MissingGroup,
  baselines: number,
  candidates: number,
): JudgementRow {
  const isGone = missingIn === candidates;
  const isOfAll = measuredIn === baselines;
  return {
    metricType,
    satelliteId,
    figure: "count",
    baseline: baselineCount,
    candidate: isGone ? 0 : undefined,
    change: isGone ? 0 : undefined,
    interval: undefined,
    detectable: undefined,
    // What baselines miss now and then may be missing by chance.
    verdict: isOfAll ? "regressed" : "inconclusive",
    reason: isGone
      ? `measured in ${
        isOfAll ? "every baseline" : `${measuredIn} of ${baselines} baselines`
      } and in no candidate`
      : `missing in ${missingIn} of ${candidates} candidates`,
    // Chains may end for want of equal scenario times alone.
    isGating: satelliteId === undefined && metricType !== CHAIN,
    budget: undefined,
  };
}

/** What is measured less than half as often may be cut off, or go unnoticed. */
function fewerWarnings(
  baselines: readonly RunFigures[],
  candidates: readonly RunFigures[],
): string[] {
  const measured = (runs: readonly RunFigures[], metricType: string) => {
    const groups = runs.map(({ groups }) => groups.get(metricType));
    const all = groups.map((it) => it?.get(undefined));
    return samplesOf(all.filter((it) => it !== undefined)).measured;
  };
  return metricTypesOf(baselines).flatMap((metricType) => {
    const before = measured(baselines, metricType);
    const after = measured(candidates, metricType);
    if (metricType === CHAIN || !(after < before / 2)) return [];
    return `${metricType} was measured ${after} times a run, in the baselines ${before}`;
  });
}

function missingWarnings({ missing }: Drafts, candidates: number): string[] {
  return missing.map(({ metricType, satelliteId, missingIn }) =>
    `${metricType}${
      satelliteId === undefined ? "" : ` of ${satelliteId}`
    } is missing in ${
      missingIn === candidates ? "all" : `${missingIn} of ${candidates}`
    } candidates`
  );
}
