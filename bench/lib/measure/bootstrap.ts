import { seededRandom } from "../data/random.ts";

/** A figure and the interval that holds it with the confidence asked for. */
export interface Estimate {
  value: number;
  low: number;
  high: number;
}

/** How to bootstrap. */
export interface BootstrapOptions {
  /**
   * How many times to draw the rounds anew.
   * @default {2000}
   */
  resamples?: number;
  /**
   * Probability that the interval holds the true ratio.
   * @default {0.95}
   */
  confidence?: number;
  /**
   * Seed of the draws, so that the same rounds give the same interval.
   * @default {1}
   */
  seed?: number;
  /**
   * How many of the rounds each process measured, one after the other.
   * @default {[all rounds]}
   */
  groups?: readonly number[];
}

/** Below this the rounds say nothing about their own spread. */
export const MIN_ROUNDS = 5;

/** The middle value, or the mean of the two in the middle. */
export function median(values: ArrayLike<number>): number {
  const sorted = Float64Array.from(values).sort();
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1
    ? sorted[middle]!
    : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/**
 * The ratio of the medians of two forms that were timed in the same rounds,
 * with a percentile bootstrap interval (B. Efron and R. J. Tibshirani, "An
 * Introduction to the Bootstrap", 1993, chapter 13). Rounds are drawn whole, so
 * that what slowed both forms of a round stays with both. Where several
 * processes measured them, processes are drawn first and rounds of each then
 * (the same, section 8.3): what a compiler makes of the same code differs from
 * process to process by more than rounds do.
 *
 * Fewer than five rounds give an interval without bounds.
 *
 * @throws {RangeError} The rounds do not pair, or are not as many as `groups`.
 */
export function bootstrapRatio(
  numerators: readonly number[],
  denominators: readonly number[],
  { resamples = 2000, confidence = 0.95, seed = 1, groups }: BootstrapOptions =
    {},
): Estimate {
  const rounds = numerators.length;
  if (rounds === 0 || rounds !== denominators.length) {
    throw new RangeError(
      `Cannot pair ${rounds} rounds with ${denominators.length}`,
    );
  }
  const ranges = rangesOf(groups ?? [rounds]);
  if (ranges.at(-1)?.end !== rounds) {
    throw new RangeError(`Cannot make groups of ${groups} of ${rounds} rounds`);
  }
  const value = median(numerators) / median(denominators);
  if (rounds < MIN_ROUNDS) return { value, low: 0, high: Infinity };

  const random = seededRandom(seed);
  const above = new Float64Array(rounds);
  const below = new Float64Array(rounds);
  const ratios = new Float64Array(resamples);
  for (let i = 0; i < resamples; i++) {
    for (const { start, end } of ranges) {
      const from = ranges.length === 1
        ? ranges[0]!
        : ranges[Math.floor(random() * ranges.length)]!;
      for (let j = start; j < end; j++) {
        const drawn = from.start +
          Math.floor(random() * (from.end - from.start));
        above[j] = numerators[drawn]!;
        below[j] = denominators[drawn]!;
      }
    }
    ratios[i] = median(above) / median(below);
  }
  ratios.sort();
  const tail = (1 - confidence) / 2;
  return {
    value,
    low: ratios[Math.floor(tail * resamples)]!,
    high: ratios[Math.ceil((1 - tail) * resamples) - 1]!,
  };
}

/** Where each group of rounds stands. */
function rangesOf(
  groups: readonly number[],
): { start: number; end: number }[] {
  let start = 0;
  return groups.map((size) => ({ start, end: start += size }));
}
