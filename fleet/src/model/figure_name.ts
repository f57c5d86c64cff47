/** A figure that a fleet keeps of each series, as summaries name it. */
export type FigureName =
  | "mean_ms"
  | "p50_ms"
  | "p95_ms"
  | "p99_ms"
  | "max_ms"
  | "min_ms";

/** All of them. */
export const FIGURE_NAMES: readonly FigureName[] = [
  "mean_ms",
  "p50_ms",
  "p95_ms",
  "p99_ms",
  "max_ms",
  "min_ms",
];
