import { Pace } from "../model/pace.ts";
import { ValueCounts } from "./value_counts.ts";

/** The middle of numbers and how far they are from it, whatever a few of them are. */
export interface RobustScale {
  /** The median: the mean of the two in the middle of an even number. */
  readonly median: number;
  /**
   * The median distance from it, times 1.4826: the standard deviation where
   * the numbers are normal.
   */
  readonly scale: number;
}

/** From the median distance of normal numbers to their standard deviation. */
const NORMAL_FACTOR = 1.4826;

/** How often alike numbers are called outliers: in one question of 100. */
const FALSE_ALARMS = 0.01;

/** What few numbers add to how far they may be: fitted to a simulation. */
const FEW_FACTOR = 11;

/** Median and scale of numbers, in turns of the loop; there is one at least. */
export async function robustScale(
  numbers: readonly number[],
): Promise<RobustScale> {
  const median = await medianOf(numbers, (it) => it);
  const distance = await medianOf(numbers, (it) => Math.abs(it - median));
  return { median, scale: NORMAL_FACTOR * distance };
}

/**
 * How many scales from the median the farthest of `count` alike, normally
 * distributed numbers is, except in one of 100 cases.
 *
 * It is the quantile of the normal distribution with `FALSE_ALARMS` shared
 * among them (approximation 26.2.23 of Abramowitz and Stegun, Handbook of
 * mathematical functions, 1964, good to 5e-4), times `1 + 11 / count`, as the
 * scale of few numbers is itself uncertain: for 10 numbers 6.9, for 100 4.3,
 * for 1,000 4.5.
 */
export function outlierThreshold(count: number): number {
  const t = Math.sqrt(-2 * Math.log(FALSE_ALARMS / 2 / count));
  const numerator = 2.515517 + t * (0.802853 + t * 0.010328);
  const denominator = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return (t - numerator / denominator) * (1 + FEW_FACTOR / count);
}

async function medianOf(
  numbers: readonly number[],
  of: (number: number) => number,
): Promise<number> {
  const pace = new Pace();
  const counts = new ValueCounts();
  for (const number of numbers) {
    counts.add(of(number));
    if (pace.isOver) await pace.next();
  }
  const half = numbers.length >> 1;
  const upper = await counts.at(half);
  return numbers.length % 2 === 1
    ? upper
    : (await counts.at(half - 1) + upper) / 2;
}
