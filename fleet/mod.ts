/**
 * The runs of many test benches in PostgreSQL.
 *
 * @module
 */
export {
  FleetError,
  type FleetErrorCode,
  type FleetErrorOptions,
} from "./src/model/fleet_error.ts";
export { DamagedSketchError } from "./src/sketch/damaged_sketch_error.ts";
export { DDSketch } from "./src/sketch/dd_sketch.ts";
