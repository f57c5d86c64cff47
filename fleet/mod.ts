/**
 * The runs of many test benches in PostgreSQL.
 *
 * @module
 */
export { FleetClient, type PullRunOptions } from "./src/fleet_client.ts";
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
export { DDSketch } from "./src/sketch/dd_sketch.ts";
