import {
  type ColumnsView,
  rowsInBlock,
} from "../../src/columns/measurement_columns.ts";

/** The number of rows and the sum of each column: what tells runs apart. */
export function columnSums(columns: ColumnsView): number[] {
  const sums = [columns.length, 0, 0, 0];
  for (const [index, block] of columns.blocks.entries()) {
    const rows = rowsInBlock(columns, index);
    for (let row = 0; row < rows; row++) {
      sums[1]! += block.timestamps[row]!;
      sums[2]! += block.durationsMs[row]!;
      sums[3]! += block.scenarioTimesS[row]!;
    }
  }
  return sums;
}
