import type { MeasurementColumns } from "../columns/measurement_columns.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { StorageError } from "../model/errors.ts";
import { notFound, runFailure } from "./failures.ts";
import { mismatchOf, readMeasurements } from "./read_measurements.ts";
import { isReplaced, readSummary } from "./read_summary.ts";
import type { RunPaths } from "./run_paths.ts";

/** How often a pair is read again because it was replaced meanwhile. */
const READ_TRIES = 16;

/**
 * Reads the measurements of a run; if they are to be verified, they are those
 * that its summary was made of.
 */
export async function loadRun(
  paths: RunPaths,
  files: FileOperations,
  verify: boolean,
): Promise<MeasurementColumns> {
  try {
    for (let tries = 1;; tries++) {
      const summary = verify ? readSummary(paths, files) : undefined;
      const found = await readMeasurements(paths, files);
      if (found === undefined) throw notFound(paths, paths.csv);
      const mismatch = summary && mismatchOf(summary.metrics, found);
      if (mismatch === undefined) return found.columns;
      // Unless a save came between the two, they do not belong together.
      if (tries === READ_TRIES || !isReplaced(summary, paths, files)) {
        throw new StorageError(
          `Cannot load run "${paths.runId}": ${mismatch} (${found.path})`,
          { code: "RUN_DAMAGED", path: found.path },
        );
      }
    }
  } catch (error) {
    throw runFailure(paths, "load", error);
  }
}
