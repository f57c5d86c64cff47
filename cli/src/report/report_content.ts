import type {
  ChangePoint,
  HistoryPoint,
  JudgedRun,
  Judgement,
} from "@astraguard/hil-metrics/judge";

/** A run that a report shows; what `RunStore.run(id).load()` gives is one. */
export interface ReportRun extends JudgedRun {
  /** Its id. */
  readonly runId: string;
}

/** A figure of a metric over the runs of a history. */
export interface ReportHistory {
  /** The metric type. */
  readonly metricType: string;
  /** The satellite; `undefined` for all of them. */
  readonly satelliteId?: string | undefined;
  /** What the values are, as `"p95"`; in milliseconds. */
  readonly figure: string;
  /** The values, oldest first. */
  readonly points: readonly HistoryPoint[];
  /** Where they changed: what `changePoints()` finds in the points. */
  readonly changePoints: readonly ChangePoint[];
}

/**
 * What a report shows: a run, runs beside others, a judgement of them, a
 * history, or all of it. What is missing has no section.
 */
export interface ReportContent {
  /**
   * What stands on top.
   *
   * @default what the report is of
   */
  readonly title?: string | undefined;
  /**
   * The runs that the report is about.
   *
   * @default none
   */
  readonly candidates?: readonly ReportRun[] | undefined;
  /**
   * The runs that they are compared with.
   *
   * @default none
   */
  readonly baselines?: readonly ReportRun[] | undefined;
  /** What was judged of them. */
  readonly judgement?: Judgement | undefined;
  /**
   * Figures over time.
   *
   * @default none
   */
  readonly histories?: readonly ReportHistory[] | undefined;
  /**
   * When the report was made.
   *
   * @default now
   */
  readonly createdAt?: Date | undefined;
}
