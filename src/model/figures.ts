import type { MetricStats, SatelliteStats } from "./metrics.ts";

/** When a figure came into the files: with the original, or with a version. */
export type Since = "original" | "0.1";

/** One figure of a group of durations. */
export interface Figure {
  /** Its key in the files. */
  readonly name: keyof Omit<MetricStats, "count">;
  /** From 0, the least, to 1, the greatest; the mean has none. */
  readonly quantile: number | undefined;
  /** Since when it stands among the statistics of a metric type. */
  readonly ofTypeSince: Since;
  /** Since when it stands among those of a metric type of a satellite. */
  readonly ofSatelliteSince: Since;
}

/**
 * Every figure beside the count, in the order of the original's files. A new
 * one belongs at the end: its key then stands after those that are there.
 */
export const FIGURES = [
  {
    name: "mean_ms",
    quantile: undefined,
    ofTypeSince: "original",
    ofSatelliteSince: "original",
  },
  {
    name: "p50_ms",
    quantile: 0.5,
    ofTypeSince: "original",
    ofSatelliteSince: "original",
  },
  {
    name: "p95_ms",
    quantile: 0.95,
    ofTypeSince: "original",
    ofSatelliteSince: "original",
  },
  {
    name: "p99_ms",
    quantile: 0.99,
    ofTypeSince: "original",
    ofSatelliteSince: "0.1",
  },
  {
    name: "max_ms",
    quantile: 1,
    ofTypeSince: "original",
    ofSatelliteSince: "original",
  },
  {
    name: "min_ms",
    quantile: 0,
    ofTypeSince: "original",
    ofSatelliteSince: "0.1",
  },
] as const satisfies readonly Figure[];

/** Key of a figure, as `"p95_ms"`. */
export type FigureName = keyof Omit<MetricStats, "count">;

/** Keys of a group's statistics in the order in which they are written. */
export interface FigureKeys {
  /** Those that a file of the original has. */
  readonly original: readonly FigureName[];
  /** Those that came later, and may be missing from a file. */
  readonly added: readonly FigureName[];
}

/** Keys of the statistics of a metric type. */
export const TYPE_FIGURES: FigureKeys = keysSince("ofTypeSince");

/** Keys of the statistics of a metric type of a satellite. */
export const SATELLITE_FIGURES: FigureKeys = keysSince("ofSatelliteSince");

function keysSince(since: "ofTypeSince" | "ofSatelliteSince"): FigureKeys {
  const figures: readonly Figure[] = FIGURES;
  const keys = (isOriginal: boolean) =>
    figures.filter((it) => (it[since] === "original") === isOriginal)
      .map(({ name }) => name);
  return { original: keys(true), added: keys(false) };
}

/** Names the figure that an interface has and the table lacks. */
type Missing = Exclude<
  keyof MetricStats | keyof SatelliteStats,
  "count" | typeof FIGURES[number]["name"]
>;
const isComplete: [Missing] extends [never] ? true : Missing = true;
void isComplete;
