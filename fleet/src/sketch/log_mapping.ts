/** Relative errors that a sketch may have: 0.1 % to 10 %. */
export const RELATIVE_ERRORS = { least: 0.001, greatest: 0.1 };

/**
 * The share of the relative error that is kept for rounding: a logarithm times
 * the number of buckets is off by 1e-13 at most, an exponential by as much.
 */
const KEPT_FOR_ROUNDING = 1e-6;

/** The natural logarithm of the least double above 0. */
const LEAST_LOG = Math.log(Number.MIN_VALUE);
const GREATEST_LOG = Math.log(Number.MAX_VALUE);

/**
 * The map from magnitudes to buckets: bucket `i` holds what is greater than
 * `gamma^(i - 1)` and at most `gamma^i`, with `gamma = (1 + e) / (1 - e)`, so
 * that one number is within the relative error `e` of all that it holds.
 *
 * Source: Charles Masson, Jee E. Rim, Homin K. Lee, DDSketch, 2019, section 2.1,
 * https://arxiv.org/abs/1908.10693
 */
export class LogMapping {
  /** What every estimate is within: a share of the magnitude. */
  readonly relativeError: number;
  /** Buckets for each step of the natural logarithm. */
  readonly bucketsPerLog: number;
  /** The bucket of the least double above 0. */
  readonly leastIndex: number;
  /** The bucket of the greatest double. */
  readonly greatestIndex: number;
  readonly #logGamma: number;
  /** From the upper border of a bucket to the estimate in it. */
  readonly #logOfEstimate: number;

  /** @throws {RangeError} The relative error is not within 0.001 and 0.1. */
  constructor(relativeError: number) {
    const { least, greatest } = RELATIVE_ERRORS;
    if (!(relativeError >= least && relativeError <= greatest)) {
      throw new RangeError(
        `relativeError must be from ${least} to ${greatest}: ${relativeError}`,
      );
    }
    this.relativeError = relativeError;
    const kept = relativeError * (1 - KEPT_FOR_ROUNDING);
    this.#logGamma = Math.log1p(kept) - Math.log1p(-kept);
    // 2 gamma^i / (gamma + 1) is gamma^i (1 - kept).
    this.#logOfEstimate = Math.log1p(-kept);
    this.bucketsPerLog = 1 / this.#logGamma;
    this.leastIndex = Math.ceil(LEAST_LOG * this.bucketsPerLog);
    this.greatestIndex = Math.ceil(GREATEST_LOG * this.bucketsPerLog);
  }

  /** The bucket of a magnitude, which is above 0. */
  indexOf(magnitude: number): number {
    return Math.ceil(Math.log(magnitude) * this.bucketsPerLog);
  }

  /** The number that stands for all in a bucket; infinite at the very top. */
  estimateOf(index: number): number {
    return Math.exp(index * this.#logGamma + this.#logOfEstimate);
  }
}
