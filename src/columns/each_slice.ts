import { SLICE_VALUES, type Sliced } from "../event_loop/sliced.ts";
import {
  type ColumnBlock,
  type ColumnsView,
  rowsInBlock,
} from "./measurement_columns.ts";

/** Calls a function for a slice of rows at a time. */
export function* eachSlice(
  columns: ColumnsView,
  visit: (block: ColumnBlock, from: number, to: number) => void,
): Sliced<void> {
  for (const [index, block] of columns.blocks.entries()) {
    const rows = rowsInBlock(columns, index);
    for (let from = 0; from < rows; from += SLICE_VALUES) {
      visit(block, from, Math.min(rows, from + SLICE_VALUES));
      yield;
    }
  }
}
