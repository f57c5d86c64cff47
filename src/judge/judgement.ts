import type { JudgedFigure } from "./figures/judged_figure.ts";

/** What a judgement says as a whole. */
export type Verdict = "pass" | "regressed" | "inconclusive";

/** What a row says: `equivalent` is shown within the margin, not assumed. */
export type RowVerdict =
  | "regressed"
  | "improved"
  | "equivalent"
  | "inconclusive";

/** From the least to the greatest ratio. */
export type RatioInterval = readonly [low: number, high: number];

/** One figure of candidates beside that of baselines. */
export interface JudgementRow {
  /**
   * The metric type, or `"chain"` for whole chains, which never decide; nor
   * does a metric that a bench calls so.
   */
  readonly metricType: string;
  /** The satellite; `undefined` for all of them. */
  readonly satelliteId: string | undefined;
  /**
   * `"mean"`, `"p50"`, `"p95"`, `"p99"`, `"max"` or `"tail"` (the mean of the
   * longest twentieth over the median); `"count"` of a metric that candidates
   * no longer have; in the row of a budget also another quantile, as
   * `"p99.9"`.
   */
  readonly figure: string;
  /**
   * The geometric mean over the baseline runs, in milliseconds (the tail has no
   * unit, a count is one); `undefined` where no baseline has it.
   */
  readonly baseline: number | undefined;
  /** The same over the candidate runs; in the row of a deadline the longest. */
  readonly candidate: number | undefined;
  /** `candidate / baseline`: 1.1 is ten per cent longer. */
  readonly change: number | undefined;
  /**
   * A 95 % interval of the change; where only two runs are there, of what the
   * noise within them leaves open, which says nothing of that between runs.
   */
  readonly interval: RatioInterval | undefined;
  /**
   * The smallest change that this row would have found in four of five
   * judgements: 1.07 is seven per cent longer. `undefined` where it could not
   * have found any.
   */
  readonly detectable: number | undefined;
  /** What the row says. */
  readonly verdict: RowVerdict;
  /** Why, and what it would take to say more. */
  readonly reason: string;
  /** Whether the verdict of the judgement depends on it. */
  readonly isGating: boolean;
  /** The budget that it is the row of, as it was written. */
  readonly budget: string | undefined;
}

/** Where a regression comes from. */
export interface Attribution {
  /** The metric type that has become slower: a stage of the chain, or another. */
  readonly metricType: string;
  /** The satellites that are slower by themselves; may be none, or all. */
  readonly satelliteIds: readonly string[];
  /** Figures over all satellites that regressed. */
  readonly figures: readonly string[];
  /** The greatest change among its rows that regressed, as a ratio. */
  readonly change: number;
  /** What the mean of all satellites grew by, in milliseconds. */
  readonly meanChangeMs: number;
  /**
   * The part of what the mean of whole chains grew by that is this stage's;
   * `undefined` where there are no chains, or theirs did not grow.
   */
  readonly shareOfChain: number | undefined;
  /** The same in words. */
  readonly text: string;
}

/** What has changed between baseline and candidate runs. */
export interface Judgement {
  /**
   * `regressed`: a gating row did, or a budget is not kept; `pass`: none, and
   * every gating row could have found `minChange`; else `inconclusive`.
   */
  readonly verdict: Verdict;
  /** Why, in a sentence. */
  readonly reason: string;
  /**
   * Whether a gating row of a single candidate looks slower, but not surely:
   * two more runs of it, judged with it, will tell.
   */
  readonly isSuspicious: boolean;
  /** All rows: metric types in recording order, the chain, budgets. */
  readonly rows: readonly JudgementRow[];
  /** Where regressions come from, what changed most for its size first. */
  readonly attribution: readonly Attribution[];
  /** What is to be known about the runs, and makes a verdict doubtful. */
  readonly warnings: readonly string[];
}

/** Which figures gate by default. */
export const GATING_FIGURES: readonly JudgedFigure[] = ["mean", "p50", "p95"];
