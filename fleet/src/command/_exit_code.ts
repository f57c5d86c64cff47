import { StorageError } from "@astraguard/hil-metrics";
import { FleetError } from "../model/fleet_error.ts";

/** What the command exits with: the same as those of `hil-metrics`. */
export const EXIT = {
  ok: 0,
  /** What was judged has become slower, or is over its budget. */
  regressed: 1,
  /** It was called wrongly. */
  usage: 2,
  /** It cannot tell: the server is away, say. */
  unknown: 3,
  /** There is no such data, or it is damaged. */
  noData: 4,
} as const;

/** Codes that say that data is missing or damaged. */
const NO_DATA: ReadonlySet<string> = new Set([
  ...["RUN_NOT_FOUND", "NO_BLOCK", "DAMAGED", "RUN_DAMAGED", "NOT_A_RUN"],
]);

/** The exit code of a failure; `undefined` for a mistake in this program. */
export function exitCodeOf(error: unknown): number | undefined {
  if (error instanceof RangeError) return EXIT.usage;
  if (error instanceof FleetError || error instanceof StorageError) {
    return NO_DATA.has(error.code) ? EXIT.noData : EXIT.unknown;
  }
  const isOfSystem = Object.values(Deno.errors).some((it) =>
    error instanceof it
  );
  return isOfSystem ? EXIT.unknown : undefined;
}
