import type { Sliced } from "../../event_loop/sliced.ts";
import { meanOf, medianOf, squaresAround } from "../centre_and_spread.ts";
import { tUpperQuantile } from "../distributions/student_t.ts";
import { Random } from "../random.ts";
import { robustSpread } from "./robust_spread.ts";
import {
  errorFactor,
  FEW_BASELINES,
  freedomOf,
  robustTest,
  type RunCounts,
} from "./shift.ts";

/** Of so many judgements a row finds its smallest change. */
export const POWER = 0.8;

/** Unchanged judgements that are drawn: finds 80 % to within 1 %. */
const DRAWS = 10_000;

/** Draws in a slice: a third of a millisecond. */
const SLICE_DRAWS = 64;

/**
 * Unchanged judgements of normal runs, each as the change that it would take
 * to pass a test: `slope * quantile + offset`. All are in units of the error
 * that the baselines show.
 */
interface Draws {
  readonly pooledSlopes: Float64Array;
  readonly pooledOffsets: Float64Array;
  readonly robustSlopes: Float64Array;
  readonly robustOffsets: Float64Array;
  /** The change without which not every run has moved by half. */
  readonly halfRule: Float64Array;
}

/** Quantiles and draws that the rows of judgements have in common. */
export class Tables {
  /** By degrees of freedom, then by probability. */
  readonly #quantiles = new Map<number, Map<number, number>>();
  readonly #factors = new Map<string, number>();
  readonly #draws = new Map<string, Draws>();

  /** {@linkcode tUpperQuantile}, remembered. */
  tQuantile(probability: number, freedom: number): number {
    let known = this.#quantiles.get(freedom);
    if (known === undefined) this.#quantiles.set(freedom, known = new Map());
    let found = known.get(probability);
    if (found === undefined) {
      found = tUpperQuantile(probability, freedom);
      known.set(probability, found);
    }
    return found;
  }

  /**
   * The smallest change that a test at this level finds in four of five
   * judgements, in units of the error that baselines and calibration show;
   * `undefined` where they show none.
   *
   * Note: the formula of textbooks, the sum of two quantiles, takes the spread
   * as known and ignores that every candidate must have moved: what it says
   * was found in 63 to 70 % where 80 were meant. With one candidate it is exact.
   */
  *smallestChange(
    counts: RunCounts,
    level: number,
  ): Sliced<number | undefined> {
    const { baselines, candidates, calibrationFreedom } = counts;
    const unchanged = baselines - 1 + calibrationFreedom;
    if (unchanged <= 0) return undefined;
    const key = `${baselines} ${candidates} ${calibrationFreedom} ${level}`;
    const known = this.#factors.get(key);
    if (known !== undefined) return known;
    const { judged } = freedomOf(counts);
    const robust = robustTest(counts);
    const probability = robust === undefined ? level / 2 : level / 4;
    const quantile = this.tQuantile(probability, judged);
    let found: number;
    if (candidates === 1) {
      found = quantile + this.tQuantile(1 - POWER, unchanged);
    } else {
      const draws = yield* this.#drawsOf(counts);
      const needed = new Float64Array(DRAWS);
      const robustQuantile = robust === undefined
        ? 0
        : this.tQuantile(probability, robust.freedom) * robust.scale;
      for (let i = 0; i < DRAWS; i++) {
        let change = draws.pooledSlopes[i]! * quantile +
          draws.pooledOffsets[i]!;
        if (robust !== undefined) {
          change = Math.min(
            change,
            draws.robustSlopes[i]! * robustQuantile + draws.robustOffsets[i]!,
          );
        }
        needed[i] = Math.max(change, draws.halfRule[i]!);
      }
      yield;
      found = needed.sort()[Math.ceil(POWER * DRAWS)]!;
      yield;
    }
    this.#factors.set(key, found);
    return found;
  }

  *#drawsOf(counts: RunCounts): Sliced<Draws> {
    const { baselines, candidates, calibrationFreedom } = counts;
    const key = `${baselines} ${candidates} ${calibrationFreedom}`;
    const known = this.#draws.get(key);
    if (known !== undefined) return known;
    const [
      pooledSlopes,
      pooledOffsets,
      robustSlopes,
      robustOffsets,
      halfRule,
    ] = Array.from({ length: 5 }, () => new Float64Array(DRAWS)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const random = new Random(baselines * 1000 + candidates);
    const isRobust = robustTest(counts) !== undefined;
    const { pooled } = freedomOf(counts);
    const before = new Float64Array(baselines);
    const after = new Float64Array(candidates);
    for (let i = 0; i < DRAWS; i += 2) {
      for (let j = 0; j < baselines; j++) before[j] = random.normal();
      for (let j = 0; j < candidates; j++) after[j] = random.normal();
      const mean = meanOf(before);
      const change = meanOf(after) - mean;
      const squares = squaresAround(before, mean) +
        calibrationFreedom * drawVariance(random, calibrationFreedom);
      const unchanged = Math.sqrt(
        squares / (baselines - 1 + calibrationFreedom),
      );
      const all = squares + squaresAround(after, mean + change);
      const unit = unchanged * errorFactor(counts);
      const robustSlope = isRobust ? robustSpread(before) / unchanged : 0;
      const robustOffset = medianOf(before) - mean - change;
      // Each draw serves twice, the second time mirrored: that halves the work,
      // and what one says too much the other says too little.
      for (const [at, sign] of [[i, 1], [i + 1, -1]] as const) {
        pooledSlopes[at] = Math.sqrt(all / pooled) / unchanged;
        pooledOffsets[at] = -sign * change / unit;
        robustSlopes[at] = robustSlope;
        robustOffsets[at] = sign * robustOffset / unit;
        const least = leastOf(after, sign);
        halfRule[at] = (sign * (change + 2 * mean) - 2 * least) / unit;
        if (baselines <= FEW_BASELINES) {
          const most = -leastOf(before, -sign);
          const left = (2 * most - sign * (2 * mean + change)) / unit;
          halfRule[at] = Math.max(halfRule[at]!, left);
        }
      }
      if (i % SLICE_DRAWS === 0) yield;
    }
    const draws = {
      pooledSlopes,
      pooledOffsets,
      robustSlopes,
      robustOffsets,
      halfRule,
    };
    this.#draws.set(key, draws);
    return draws;
  }
}

/** The least of values, or of their negatives. */
function leastOf(values: Float64Array, sign: number): number {
  let least = Infinity;
  for (const value of values) least = Math.min(least, sign * value);
  return least;
}

/**
 * A variance of normal values whose true one is 1 (E. B. Wilson and M. M.
 * Hilferty, The Distribution of Chi-square, 1931,
 * https://doi.org/10.1073/pnas.17.12.684).
 */
function drawVariance(random: Random, freedom: number): number {
  if (freedom === 0) return 0;
  const part = 2 / (9 * freedom);
  return Math.max(1 - part + random.normal() * Math.sqrt(part), 0) ** 3;
}
