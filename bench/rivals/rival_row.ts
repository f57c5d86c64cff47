import type { Estimate } from "../lib/measure/bootstrap.ts";

/** What a figure is counted in; times are in milliseconds. */
export type FigureUnit = "ms" | "bytes";

/** What was found of one path of the package, alone or beside one rival. */
export interface RivalFigure {
  /** What was done, as in `format CSV, 1,000,000 rows`. */
  what: string;
  unit: FigureUnit;
  /** What the package takes. */
  own: number;
  rival?: { name: string; value: number; ratio: Estimate };
  /** What the ratio, or without a rival the package, may come to. */
  goal?: number;
}

/** What rows are measured with. */
export interface RowContext {
  /** How many measurements a large run has. */
  rows: number;
  /** How many runs a large results directory has. */
  runs: number;
  /** The fewest rounds of each race. */
  rounds: number;
  /** An empty directory of the row's own. */
  directory: string;
  /** Says what could not be measured. */
  skip: (reason: string) => void;
}

/** One path of the package and all its rivals. */
export interface RivalRow {
  /** What one types to run only this row. */
  name: string;
  measure: (context: RowContext) => Promise<RivalFigure[]>;
}
