import { FleetError, type FleetErrorCode } from "../model/fleet_error.ts";
import { codeOf, isTransient } from "./transient.ts";

/** Which code an error of the server, or of TLS, has for a caller. */
const CODES: readonly [pattern: RegExp, code: FleetErrorCode][] = [
  [/^28/, "LOGIN_REFUSED"],
  // No such database, schema or table.
  [/^(?:3D000|3F000|42P01)$/, "SCHEMA_MISSING"],
  // A function or column.
  [/^(?:42883|42703)$/, "SCHEMA_OLDER"],
  [/^42501$/, "FORBIDDEN"],
  [/^53100$/, "SERVER_FULL"],
  [/^5[34]000$/, "TOO_LARGE"],
  [
    /CERT|^ERR_TLS|^ERR_SSL|UNABLE_TO_VERIFY|^SELF_SIGNED|^TLS_REFUSED$/,
    "NOT_TRUSTED",
  ],
];

/**
 * An error as a caller handles it; one that is none of a server stays as it is.
 *
 * @param what What could not be done, as `push run "a"`.
 */
export function fleetFailure(error: unknown, what: string): unknown {
  if (error instanceof FleetError || !(error instanceof Error)) return error;
  const code = codeOf(error);
  if (code === "") return error;
  const message = `Cannot ${what}: ${error.message || code}`;
  const options = { cause: error };
  if (isTransient(error)) {
    return new FleetError(message, { code: "UNREACHABLE", ...options });
  }
  const [, known] = CODES.find(([pattern]) => pattern.test(code)) ?? [];
  // What else has a code of its own is no server's.
  if (known === undefined && !/^[0-9A-Z]{5}$/.test(code)) return error;
  return new FleetError(message, { code: known ?? "FAILED", ...options });
}
