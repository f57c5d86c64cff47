/** One of the percentiles, and between what the exact one is. */
export interface FleetPercentile {
  /** Which one: 0.99 is the 99th percentile. */
  readonly quantile: number;
  /** Its value, in milliseconds. */
  readonly valueMs: number;
  /** The exact one is not less than this. */
  readonly atLeastMs: number;
  /** The exact one is not greater than this. */
  readonly atMostMs: number;
}
