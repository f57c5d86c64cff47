import { selectRanks } from "../../statistics/select_ranks.ts";
import { SLICE_VALUES, type Sliced } from "../../event_loop/sliced.ts";
import {
  JUDGED_FIGURES,
  type JudgedFigure,
  TAIL_SHARE,
} from "./judged_figure.ts";

/** Figures of durations; all but the tail in milliseconds. */
export type FigureValues = { readonly [figure in JudgedFigure]: number };

/** Where a quantile lies between two ranks. */
interface Place {
  readonly rank: number;
  readonly share: number;
}

/**
 * The place of a quantile among `count` ascending values, interpolated: the
 * seventh definition of R. J. Hyndman and Y. Fan, Sample Quantiles in
 * Statistical Packages, 1996, https://doi.org/10.2307/2684934
 *
 * Note: the summaries on disk take a value that was measured instead, as the
 * Python original does. Between runs of a few hundred measurements that jumps.
 */
function placeOf(count: number, quantile: number): Place {
  const at = (count - 1) * quantile;
  const rank = Math.min(Math.floor(at), count - 1);
  return { rank, share: at - rank };
}

/** How many of the values are the tail: at least one. */
function tailCount(count: number): number {
  return Math.ceil(count * TAIL_SHARE);
}

/**
 * The interpolated quantiles of `values[from..to)`, which are rearranged; the
 * quantiles ascend from 0 to 1.
 */
export function* quantilesOf(
  values: Float64Array,
  from: number,
  to: number,
  quantiles: readonly number[],
): Sliced<number[]> {
  const places = quantiles.map((it) => placeOf(to - from, it));
  const ranks = places.flatMap(({ rank, share }) =>
    share > 0 ? [from + rank, from + rank + 1] : [from + rank]
  );
  yield* selectRanks(values, from, to, [...new Set(ranks)].sort(ascending));
  return places.map((place) => valueAt(values, from, place));
}

/**
 * The figures of the durations `values[from..to)`, at least one, which are
 * rearranged, and whose sum is given.
 */
export function* figuresOf(
  values: Float64Array,
  from: number,
  to: number,
  sumMs: number,
): Sliced<FigureValues> {
  const count = to - from;
  const firstOfTail = to - tailCount(count);
  const quantiles = JUDGED_FIGURES.flatMap(({ name, quantile }) =>
    quantile === undefined ? [] : [{ name, place: placeOf(count, quantile) }]
  );
  const ranks = quantiles.flatMap(({ place: { rank } }) => [
    from + rank,
    Math.min(from + rank + 1, to - 1),
  ]);
  ranks.push(firstOfTail);
  yield* selectRanks(values, from, to, [...new Set(ranks)].sort(ascending));
  const figures: Partial<Record<JudgedFigure, number>> = {
    mean: sumMs / count,
  };
  for (const { name, place } of quantiles) {
    figures[name] = valueAt(values, from, place);
  }
  let tailSumMs = 0;
  let maxMs = -Infinity;
  for (let at = firstOfTail; at < to; at += SLICE_VALUES) {
    const end = Math.min(to, at + SLICE_VALUES);
    for (let i = at; i < end; i++) {
      tailSumMs += values[i]!;
      if (values[i]! > maxMs) maxMs = values[i]!;
    }
    yield;
  }
  figures.max = maxMs;
  figures.tail = tailSumMs / (to - firstOfTail) / figures.p50!;
  return figures as FigureValues;
}

function valueAt(
  values: Float64Array,
  from: number,
  { rank, share }: Place,
): number {
  const value = values[from + rank]!;
  return share > 0 ? value + share * (values[from + rank + 1]! - value) : value;
}

function ascending(a: number, b: number): number {
  return a - b;
}
