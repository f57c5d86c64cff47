import {
  type ColumnsView,
  rowsInBlock,
} from "../columns/measurement_columns.ts";
import { SLICE_VALUES, type Sliced } from "../work/sliced.ts";

/** A power of two, by which any sum of durations in memory stays finite. */
const SCALE = 2 ** -64;

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
        sums[group]! += block.durationsMs[row]! * SCALE;
        counts[group]!++;
      }
      yield;
    }
  }
  return sums.map((sum, group) => sum / counts[group]! / SCALE);
}
