import type { RunLabels } from "../model/metrics.ts";
import type { RunOrder } from "./list_runs.ts";

/** Which runs are wanted, and in which order. */
export interface RunSearch {
  /** How many at most. */
  readonly limit: number;
  /** What "recent" goes by. */
  readonly orderBy: RunOrder;
  /** What the id begins with. */
  readonly prefix: string;
  /** When the summary was last written, in Unix milliseconds: from here on. */
  readonly sinceMs: number;
  /** Before this time. */
  readonly untilMs: number;
  /** What runs must be labelled with. */
  readonly labels: RunLabels | undefined;
}

/**
 * Finds runs of a results directory without a look at each; a `RunCatalog` is
 * one.
 */
export interface RunIndex {
  /** Absolute path of the directory whose runs it knows. */
  readonly resultsDir: string;
  /**
   * Ids of the runs a listing would find now, in its order; `undefined` where
   * only a listing can tell. Never fails.
   */
  findRuns(search: RunSearch): Promise<readonly string[] | undefined>;
}
