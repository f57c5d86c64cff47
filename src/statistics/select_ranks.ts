import { SLICE_VALUES, type Sliced } from "../event_loop/sliced.ts";

/** Up to this many values are sorted outright: below it that is as fast. */
const SORTED_VALUES = 256;

/** Steps of this share of a range visit it evenly, whatever its period is. */
const GOLDEN_RATIO = 0.618033988749895;

/**
 * A value that probably stands just beside `rank`, on its far side from the
 * nearer end: cutting there leaves the rank in the smaller part.
 *
 * It is an order statistic of a sample, two standard deviations off the one
 * that estimates the rank. Source: Robert W. Floyd and Ronald L. Rivest,
 * Expected time bounds for selection, 1975, https://doi.org/10.1145/360680.360691
 */
function choosePivot(
  values: Float64Array,
  from: number,
  to: number,
  rank: number,
): number {
  const count = to - from;
  const sample = new Float64Array(Math.ceil(1.5 * Math.sqrt(count)));
  const step = Math.round(count * GOLDEN_RATIO);
  let at = 0;
  for (let i = 0; i < sample.length; i++) {
    sample[i] = values[from + at]!;
    at = (at + step) % count;
  }
  sample.sort();
  const share = (rank - from) / count;
  const expected = share * sample.length;
  const margin = 1 + 2 * Math.sqrt(expected * (1 - share));
  const index = share < 0.5 ? expected + margin : expected - margin;
  return sample[Math.trunc(index)]!;
}

/**
 * Moves values before the pivot (or equal to it, if `withEqual`) in front of
 * `mid` and returns where they then end.
 *
 * Invariant: `[start, mid)` is before the pivot, `[mid, i)` is not. Without a
 * branch on the data there is nothing to mispredict, which makes it several
 * times as fast as Hoare's partition on random data. Source: Andrei
 * Alexandrescu, Lomuto's Comeback, 2020,
 * https://dlang.org/blog/2020/05/14/lomutos-comeback/
 */
function partitionSlice(
  values: Float64Array,
  from: number,
  to: number,
  mid: number,
  pivot: number,
  withEqual: boolean,
): number {
  for (let i = from; i < to; i++) {
    const value = values[i]!;
    values[i] = values[mid]!;
    values[mid] = value;
    mid += withEqual ? Number(value <= pivot) : Number(value < pivot);
  }
  return mid;
}

function* partition(
  values: Float64Array,
  from: number,
  to: number,
  pivot: number,
  withEqual: boolean,
): Sliced<number> {
  let mid = from;
  for (let at = from; at < to; at += SLICE_VALUES) {
    const end = Math.min(to, at + SLICE_VALUES);
    mid = partitionSlice(values, at, end, mid, pivot, withEqual);
    yield;
  }
  return mid;
}

/**
 * Rearranges `values[from..to)` until, for every index in `ranks`, the value
 * there is the one that sorting would put there, nothing before it is greater
 * and nothing after it is less.
 *
 * The values are finite; 0 and -0 count as equal. The ranks ascend and lie
 * within the range. Takes linear time on average, and needs no more memory
 * than the sample.
 *
 * Every cut makes progress: the pivot is one of the values, so the part that
 * is not before it is never empty, and where the part before it is empty, the
 * pivot is the least value and a second cut sets all its equals aside.
 */
export function* selectRanks(
  values: Float64Array,
  from: number,
  to: number,
  ranks: readonly number[],
): Sliced<void> {
  if (ranks.length === 0) return;
  if (to - from <= SORTED_VALUES) {
    values.subarray(from, to).sort();
    return;
  }
  const pivot = choosePivot(values, from, to, ranks[ranks.length >> 1]!);
  let mid = yield* partition(values, from, to, pivot, false);
  if (mid > from) {
    const before = ranks.filter((rank) => rank < mid);
    yield* selectRanks(values, from, mid, before);
  } else {
    mid = yield* partition(values, from, to, pivot, true);
  }
  yield* selectRanks(values, mid, to, ranks.filter((rank) => rank >= mid));
}
