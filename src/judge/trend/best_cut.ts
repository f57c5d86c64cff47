import { squaresAround } from "../centre_and_spread.ts";

/** Where a sequence falls into two kinds of values, and how surely. */
export interface BestCut {
  /** The first of the second kind. */
  readonly from: number;
  /** The first of the first kind again; the length where there is none. */
  readonly to: number;
  /** |t| over what correlated neighbours inflate it by; 0 of equal values. */
  readonly statistic: number;
  /** That inflation: 1 and up. */
  readonly inflation: number;
}

/** How much the correlation of residuals is too small, as `(a + b r) / n`. */
interface Bias {
  readonly a: number;
  readonly b: number;
}

/**
 * The bias of an estimated correlation is about `-(1 + 4r) / n` where a mean is
 * estimated, too (F. H. C. Marriott and J. A. Pope, Bias in the Estimation of
 * Autocorrelations, 1954, https://doi.org/10.1093/biomet/41.3-4.390); an
 * interval, which is chosen among many more, takes more of it.
 */
const SPLIT_BIAS: Bias = { a: 1, b: 4 };
const INTERVAL_BIAS: Bias = { a: 1.5, b: 5 };

const MOST_CORRELATION = 0.8;

/** Residuals that explain less beside the cut are those of rounding. */
const LEAST_WITHIN = 1e-12;

/** The split into two parts whose means differ most, for their spread. */
export function bestSplit(
  scores: Float64Array,
  minSegment: number,
): BestCut | undefined {
  const count = scores.length;
  if (count < 2 * minSegment) return undefined;
  const sums = prefixSums(scores);
  let best = 0;
  let from = minSegment;
  for (let i = minSegment; i <= count - minSegment; i++) {
    const between = betweenSquares(sums, 0, i, count);
    if (between > best) [best, from] = [between, i];
  }
  return cutAt(scores, from, count, best, SPLIT_BIAS);
}

/** The interval within that differs most from what surrounds it. */
export function bestInterval(
  scores: Float64Array,
  minSegment: number,
): BestCut | undefined {
  const count = scores.length;
  if (count < 3 * minSegment) return undefined;
  const sums = prefixSums(scores);
  let best = 0;
  let [from, to] = [minSegment, 2 * minSegment];
  for (let i = minSegment; i <= count - 2 * minSegment; i++) {
    for (let j = i + minSegment; j <= count - minSegment; j++) {
      const between = betweenSquares(sums, i, j, count);
      if (between > best) [best, from, to] = [between, i, j];
    }
  }
  return cutAt(scores, from, to, best, INTERVAL_BIAS);
}

/** The squares that the means of an interval and of the rest explain. */
function betweenSquares(
  sums: Float64Array,
  from: number,
  to: number,
  count: number,
): number {
  const inside = to - from;
  const excess = sums[to]! - sums[from]! - inside * sums[count]! / count;
  return excess * excess * count / (inside * (count - inside));
}

function cutAt(
  scores: Float64Array,
  from: number,
  to: number,
  between: number,
  { a, b }: Bias,
): BestCut {
  const count = scores.length;
  const sums = prefixSums(scores);
  const total = sums[count]!;
  const inside = (sums[to]! - sums[from]!) / (to - from);
  const outside = (total - sums[to]! + sums[from]!) / (count - to + from);
  const residuals = scores.map((score, i) =>
    score - (i >= from && i < to ? inside : outside)
  );
  const within = squaresAround(residuals, 0);
  let products = 0;
  for (let i = 1; i < count; i++) products += residuals[i]! * residuals[i - 1]!;
  const raw = within > LEAST_WITHIN * between ? products / within : 0;
  const r = Math.min(
    Math.max(raw + (a + b * raw) / count, 0),
    MOST_CORRELATION,
  );
  const inflation = Math.sqrt((1 + r) / (1 - r));
  const t = between === 0 ? 0 : Math.sqrt((count - 2) * between / within);
  return { from, to, statistic: t / inflation, inflation };
}

function prefixSums(values: Float64Array): Float64Array {
  const sums = new Float64Array(values.length + 1);
  for (let i = 0; i < values.length; i++) sums[i + 1] = sums[i]! + values[i]!;
  return sums;
}
