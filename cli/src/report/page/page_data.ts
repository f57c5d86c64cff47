/**
 * What a report hands to its script: the figures to draw, as JSON, and the
 * points of timelines, packed. Texts in it are already fit to be shown.
 */
export interface PageData {
  /** Colours go by them: baselines, then candidates; or a single run. */
  readonly groups: readonly string[];
  readonly runs: readonly PageRun[];
  readonly metrics: readonly PageMetric[];
  readonly trends: readonly PageTrend[];
}

/** A run whose points may be drawn. */
export interface PageRun {
  readonly name: string;
  /** Index into the groups. */
  readonly group: number;
}

/** The figures of one metric, or of whole chains. */
export interface PageMetric {
  readonly distribution: PageDistribution;
  /** Missing where there is nothing to compare with. */
  readonly shift: PageShift | undefined;
  readonly timeline: PageTimeline | undefined;
}

/** Empirical distributions, each as its quantiles. */
export interface PageDistribution {
  /** Ascending, from 0 to 1. */
  readonly probabilities: readonly number[];
  readonly curves: readonly PageCurve[];
  /** Whether durations are so far apart that only their logarithms fit. */
  readonly isLog: boolean;
}

/** One line of a distribution: the durations at the probabilities. */
export interface PageCurve {
  readonly name: string;
  readonly group: number;
  /** Whether it is of a single run among several, and so drawn thin. */
  readonly isOfOneRun: boolean;
  readonly quantilesMs: readonly number[];
}

/** By how many per cent each quantile moved, with a 95 % interval. */
export interface PageShift {
  readonly probabilities: readonly number[];
  readonly changes: readonly number[];
  /** `null` where the interval has no end. */
  readonly lows: readonly (number | null)[];
  readonly highs: readonly (number | null)[];
}

/** Points over time. Those of a part follow one another. */
export interface PageTimeline {
  readonly axis: string;
  readonly satellites: readonly string[];
  /** Index of the run, index of the satellite and number of points of each. */
  readonly parts: readonly number[];
  /** Whether durations are drawn by their logarithms. */
  readonly isLog: boolean;
  /**
   * Id of the element that holds the points: base64 of, for each part, its
   * times in seconds and then its durations in milliseconds, as floats of 32
   * bits.
   */
  readonly pointsId: string;
}

/** A figure over the runs of a history, oldest first. */
export interface PageTrend {
  readonly axis: string;
  readonly values: readonly number[];
  readonly names: readonly string[];
  /** Where it changed: indices of first runs. */
  readonly changes: readonly number[];
  /** The median of each stretch between changes. */
  readonly levels: readonly number[];
}
