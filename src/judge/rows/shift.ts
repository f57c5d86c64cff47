import { meanOf, medianOf, squaresAround } from "../centre_and_spread.ts";
import { tTwoSided } from "../distributions/student_t.ts";
import {
  type RobustScale,
  robustScale,
  robustSpread,
} from "./robust_spread.ts";

/** What a calibration knows of a row. */
export interface CalibratedSpread {
  /** Variance of the logarithm between unchanged runs. */
  readonly logVariance: number;
  /** Degrees of freedom that it has: runs less one. */
  readonly freedom: number;
}

/** How the candidates' logarithms stand to those of the baselines. */
export interface Shift {
  /** Mean of the candidates less that of the baselines. */
  readonly logChange: number;
  /** Standard error of it; `undefined` where nothing tells the spread. */
  readonly logError: number | undefined;
  /** The part of that error that the candidates have no hand in. */
  readonly logErrorUnchanged: number | undefined;
  /** Degrees of freedom of the error, at most those few runs allow. */
  readonly freedom: number;
  /** Probability of a change as large, or larger, between unchanged runs. */
  readonly probability: number;
  /** The same of one candidate, less cautious of heavy tails: a suspicion. */
  readonly suspicion: number;
}

/** How many runs there are, and what is known besides. */
export interface RunCounts {
  readonly baselines: number;
  readonly candidates: number;
  /** Degrees of freedom that a calibration adds; 0 without. */
  readonly calibrationFreedom: number;
}

/**
 * Degrees of freedom with which few runs are judged at most, by the lesser
 * count: between runs tails are heavy, and one run may be any of them.
 */
const FEW_RUNS_FREEDOM: readonly number[] = [0, 3, 6];

/** The same for a suspicion, which more runs are to confirm. */
const SUSPICION_FREEDOM = 6;

/** The same where the spread is robust. */
const ROBUST_FREEDOM = 6;

/** Up to so many baselines each of them must have been left behind. */
export const FEW_BASELINES = 3;

/**
 * No bench tells less apart: keeps durations of a coarse timer, which are the
 * same in every run, from a spread of 0.
 */
export const LEAST_VARIANCE = 1e-8;

/** Degrees of freedom of a pooled error, and those it is judged with. */
export function freedomOf(
  { baselines, candidates, calibrationFreedom }: RunCounts,
): { pooled: number; judged: number } {
  const pooled = baselines + candidates - 2 + calibrationFreedom;
  const most = FEW_RUNS_FREEDOM[Math.min(baselines, candidates)] ?? Infinity;
  return { pooled, judged: Math.min(pooled, most) };
}

/** The error of a difference of means, in standard deviations. */
export function errorFactor(
  { baselines, candidates }: RunCounts,
): number {
  return Math.sqrt(1 / baselines + 1 / candidates);
}

/**
 * Tests whether candidates differ from baselines, at least one of each: a
 * pooled t test between runs, whose spread includes that of the candidates,
 * since a single outlying candidate then limits itself; beside it, for enough
 * runs, one by the robust spread of the baselines alone, each at half the
 * level.
 *
 * A change that not every candidate took part in by half is none.
 */
export function shiftOf(
  baselines: Float64Array,
  candidates: Float64Array,
  calibrated: CalibratedSpread | undefined,
): Shift {
  const counts: RunCounts = {
    baselines: baselines.length,
    candidates: candidates.length,
    calibrationFreedom: calibrated?.freedom ?? 0,
  };
  const before = meanOf(baselines);
  const after = meanOf(candidates);
  const logChange = after - before;
  const { pooled, judged } = freedomOf(counts);
  if (pooled <= 0) {
    return {
      logChange,
      logError: undefined,
      logErrorUnchanged: undefined,
      freedom: 0,
      probability: 1,
      suspicion: 1,
    };
  }
  const factor = errorFactor(counts);
  const calibratedSquares = (calibrated?.freedom ?? 0) *
    (calibrated?.logVariance ?? 0);
  const baselineSquares = squaresAround(baselines, before);
  const squares = baselineSquares + calibratedSquares +
    squaresAround(candidates, after);
  const logError = factor *
    Math.sqrt(Math.max(squares / pooled, LEAST_VARIANCE));
  const freedomUnchanged = counts.baselines - 1 + counts.calibrationFreedom;
  const logErrorUnchanged = freedomUnchanged > 0
    ? factor * Math.sqrt(
      Math.max(
        (baselineSquares + calibratedSquares) / freedomUnchanged,
        LEAST_VARIANCE,
      ),
    )
    : undefined;

  let probability = 1;
  if (haveAllMoved(baselines, candidates, before, logChange)) {
    probability = tTwoSided(logChange / logError, judged);
    const robust = robustTest(counts);
    if (robust !== undefined) {
      const error = factor * robust.scale *
        Math.max(robustSpread(baselines), Math.sqrt(LEAST_VARIANCE));
      const t = (after - medianOf(baselines)) / error;
      // Of two tests either may alarm, so that each has half the level.
      const least = Math.min(probability, tTwoSided(t, robust.freedom));
      probability = Math.min(1, 2 * least);
    }
  }
  return {
    logChange,
    logError,
    logErrorUnchanged,
    freedom: judged,
    probability,
    suspicion: tTwoSided(
      logChange / logError,
      Math.min(pooled, SUSPICION_FREEDOM),
    ),
  };
}

/** Whether each run took part in the change by half of it. */
function haveAllMoved(
  baselines: Float64Array,
  candidates: Float64Array,
  before: number,
  logChange: number,
): boolean {
  const half = Math.abs(logChange) / 2;
  const direction = Math.sign(logChange);
  if (candidates.length > 1) {
    for (const it of candidates) {
      if (direction * (it - before) < half) return false;
    }
  }
  if (candidates.length > 1 && baselines.length <= FEW_BASELINES) {
    const after = before + logChange;
    for (const it of baselines) {
      if (direction * (after - it) < half) return false;
    }
  }
  return true;
}

/** Degrees of freedom and scale of the robust test, if there is one. */
export function robustTest(counts: RunCounts): RobustScale | undefined {
  const found = robustScale(counts.baselines, counts.candidates);
  return found && {
    freedom: Math.min(found.freedom, ROBUST_FREEDOM),
    scale: found.scale,
  };
}
