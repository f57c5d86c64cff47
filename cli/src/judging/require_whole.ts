import type { LoadedRun } from "@astraguard/hil-metrics";
import { DataError } from "../terminal/data_error.ts";

/**
 * Requires runs that something can be measured by.
 *
 * @throws {DataError} One was cut off, or has no measurements.
 */
export function requireWhole(runs: readonly LoadedRun[]): void {
  for (const { runId, incomplete, measurements } of runs) {
    if (!incomplete && measurements.length > 0) continue;
    const flaw = incomplete ? "was cut off while it was recorded" : "is empty";
    throw new DataError(`Cannot compare with run "${runId}": it ${flaw}`);
  }
}
