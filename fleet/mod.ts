/**
 * The runs of many test benches in PostgreSQL.
 *
 * @module
 */
export type { FleetBench } from "./src/ask/benches.ts";
export {
  FleetReader,
  type FleetReaderOptions,
} from "./src/ask/fleet_reader.ts";
export type { FleetPoint, HistoryOptions } from "./src/ask/history.ts";
export type {
  BenchFigure,
  BenchOutliers,
  OutliersOptions,
} from "./src/ask/outliers.ts";
export type { FleetPercentile } from "./src/ask/fleet_percentile.ts";
export type {
  FleetJudgement,
  JudgeFleetOptions,
} from "./src/ask/judge_fleet.ts";
export type {
  FleetPercentiles,
  PercentilesOptions,
} from "./src/ask/percentiles.ts";
export type { FleetRun, RecentRunsOptions } from "./src/ask/recent_runs.ts";
export type { RunFilter } from "./src/ask/run_filter.ts";
export { FleetClient, type PullRunOptions } from "./src/fleet_client.ts";
export type { FigureName } from "./src/model/figure_name.ts";
export {
  FleetError,
  type FleetErrorCode,
  type FleetErrorOptions,
} from "./src/model/fleet_error.ts";
export type { PulledRun, PullOptions } from "./src/pull/pull_run.ts";
export type {
  PushedRuns,
  PushOptions,
  PushProgress,
} from "./src/push/push_store.ts";
export type { ServerOptions } from "./src/server/server_options.ts";
export { DamagedSketchError } from "./src/sketch/damaged_sketch_error.ts";
export { type BucketPlace, DDSketch } from "./src/sketch/dd_sketch.ts";

if (import.meta.main) {
  // Not for those who import this: it takes 20 ms.
  const { runCommand } = await import("./src/command/run_command.ts");
  Deno.exitCode = await runCommand(Deno.args);
}
