import { deviationOf, medianOf } from "../centre_and_spread.ts";
import { fQuantile } from "../distributions/f_quantile.ts";
import type { RunFigures } from "../figures/run_figures.ts";
import type { Noise } from "../noise.ts";
import { GATING_FIGURES } from "../judgement.ts";
import type { RowDraft } from "./row_draft.ts";
import { LEAST_VARIANCE } from "./shift.ts";

/** What a calibration is good for beside these runs. */
export interface SpreadGuard {
  /** Whether the spread that it knows may be pooled with what is seen. */
  readonly isUsable: boolean;
  /** Why the machine is too busy to measure, if it is. */
  readonly busy: string | undefined;
  readonly warnings: readonly string[];
}

/** Up to so many baselines the guard cannot tell busy ones. */
const FEW_BASELINES = 3;

/** Chance that a calibration is turned down though it holds. */
const LEVEL = 0.05;

/** How many times the calibrated spread, or unrest, is too busy to measure. */
const TOO_BUSY = 3;

/**
 * Looks whether the baselines vary as the calibration says: a calm calibration
 * pooled with busy baselines would make noise look like changes.
 */
export function guardSpread(
  noise: Noise | undefined,
  rows: readonly RowDraft[],
  baselines: readonly RunFigures[],
  candidates: readonly RunFigures[],
  isDoubtful: boolean,
): SpreadGuard {
  if (noise === undefined) {
    return { isUsable: false, busy: undefined, warnings: [] };
  }
  const ofAll = rows.filter(({ satelliteId, figure, refusal }) =>
    satelliteId === undefined && refusal === undefined &&
    GATING_FIGURES.includes(figure)
  ).map((row) => ({
    baselines: row.baselines,
    known: noise.find(row.metricType, undefined, row.figure),
  }));
  const ratios = ofAll.flatMap(({ baselines, known }) => {
    if (known === undefined || baselines.length < 2) return [];
    const calibrated = Math.max(known.log_sd ** 2, LEAST_VARIANCE);
    const seen = Math.max(deviationOf(baselines) ** 2, LEAST_VARIANCE);
    // Durations of a coarse timer tell nothing of how busy the machine is.
    return Math.max(seen, calibrated) === LEAST_VARIANCE
      ? []
      : [seen / calibrated];
  });
  const warnings: string[] = [];
  if (ofAll.length > 0 && ofAll.every(({ known }) => known === undefined)) {
    warnings.push("The calibration knows none of these metrics");
  }
  let isUsable = true;
  let busy: string | undefined;
  if (ratios.length > 0) {
    const ratio = medianOf(ratios);
    const times = Math.sqrt(ratio).toFixed(1);
    const most = fQuantile(
      1 - LEVEL,
      baselines.length - 1,
      noise.document.runs - 1,
    );
    if (ratio >= most) {
      isUsable = false;
      warnings.push(
        `The baselines vary ${times} times as much as the calibration says, which is not used`,
      );
    }
    if (Math.sqrt(ratio) > TOO_BUSY) {
      busy = `the baselines vary ${times} times as much as calibrated`;
    }
  }
  if (isDoubtful && baselines.length <= FEW_BASELINES) {
    isUsable = false;
    warnings.push(
      `The calibration is not used: with ${baselines.length} baselines nothing shows whether it still holds; calibrate afresh on this host`,
    );
  }
  for (
    const [what, runs] of [["baselines", baselines], [
      "candidates",
      candidates,
    ]] as const
  ) {
    const unrests = runs.map(({ unrest }) => unrest)
      .filter((it) => it !== undefined);
    const calibrated = noise.document.unrest ?? NaN;
    const times = medianOf(unrests) /
      Math.max(calibrated, Math.sqrt(LEAST_VARIANCE));
    if (times > TOO_BUSY) {
      busy ??= `the ${what} waver ${
        times.toFixed(1)
      } times as much as calibrated`;
    }
  }
  return { isUsable, busy, warnings };
}
