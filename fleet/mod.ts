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
