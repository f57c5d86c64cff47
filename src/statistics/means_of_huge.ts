import {
  type ColumnsView,
  rowsInBlock,
} from "../columns/measurement_columns.ts";
import type { MetricStats } from "../model/metrics.ts";
import { SLICE_VALUES, type Sliced } from "../event_loop/sliced.ts";

/** A power of two, by which any sum of durations in memory stays finite. */
export const HUGE_SCALE = 2 ** -64;

/** Whether durations are finite while their sum is not. */
export function isHuge(stats: MetricStats | undefined): boolean {
  return stats !== undefined && !Number.isFinite(stats.mean_ms);
}

/** The same statistics with a mean that was found in another scale. */
export function withMean(stats: MetricStats, meanMs: number): MetricStats {
  // A mean lies within its values, whatever rounding says.
  const within = Math.min(Math.max(meanMs, stats.min_ms), stats.max_ms);
  return { ...stats, mean_ms: within };
}

/**
 * The means of groups whose durations are finite while their sum is not: added
 * up in a scale in which it is.
 *
 * @param groupOf The group of each series.
 */
export function* meansOfHuge(
  columns: ColumnsView,
  groupOf: Int32Array,
  groupCount: number,
): Sliced<Float64Array> {
  const sums = new Float64Array(groupCount);
  const counts = new Float64Array(groupCount);
  for (const [index, block] of columns.blocks.entries()) {
    const rows = rowsInBlock(columns, index);
    for (let from = 0; from < rows; from += SLICE_VALUES) {
      const to = Math.min(rows, from + SLICE_VALUES);
      for (let row = from; row < to; row++) {
        const group = groupOf[block.seriesCodes[row]!]!;
        sums[group]! += block.durationsMs[row]! * HUGE_SCALE;
        counts[group]!++;
      }
      yield;
    }
  }
  return sums.map((sum, group) => sum / counts[group]! / HUGE_SCALE);
}
