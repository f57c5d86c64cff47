import type { MeasurementColumns } from "../columns/measurement_columns.ts";
import { StorageError } from "../model/errors.ts";
import type { RunMetrics } from "../model/metrics.ts";
import { turns } from "../event_loop/turns.ts";
import { notFound, runFailure } from "./failures.ts";
import {
  CSV_LOOKS,
  mismatchOf,
  type ReadAccess,
  readMeasurements,
  type ReadMeasurementsOptions,
} from "./read_measurements.ts";
import { isReplaced, readSummary } from "./read_summary.ts";
import type { RunPaths } from "./run_paths.ts";

/** The measurements of a run, and the summary that they were verified by. */
export interface LoadedColumns {
  readonly columns: MeasurementColumns;
  readonly metrics: RunMetrics | undefined;
}

/** How often a pair is read again because it was replaced meanwhile. */
const READ_TRIES = 16;

/**
 * Reads the measurements of a run; if they are to be verified, they are those
 * that its summary was made of.
 */
export async function loadRun(
  paths: RunPaths,
  access: ReadAccess,
  verify: boolean,
  options: Omit<ReadMeasurementsOptions, "metrics">,
): Promise<LoadedColumns> {
  const { files } = access;
  try {
    for (let tries = 1;; tries++) {
      if (turns.isOver) await turns.next();
      const summary = verify ? readSummary(paths, files) : undefined;
      const metrics = summary?.metrics;
      const found = await readMeasurements(paths, access, {
        ...options,
        metrics,
      });
      if (found === undefined) {
        // One of another codec may have taken its place after we looked.
        const mayBeThere = verify
          ? tries < READ_TRIES && isReplaced(summary, paths, files)
          : tries < CSV_LOOKS;
        if (mayBeThere) continue;
        throw notFound(paths, paths.csv);
      }
      const flaw = !verify
        ? undefined
        : metrics === undefined
        ? { code: "RUN_NOT_FOUND", reason: NO_SUMMARY } as const
        : mismatchOf(metrics, found);
      if (flaw === undefined) return { columns: found.columns!, metrics };
      // Unless a save came between the two, they do not belong together.
      if (tries === READ_TRIES || !isReplaced(summary, paths, files)) {
        throw new StorageError(
          `Cannot load run "${paths.runId}": ${flaw.reason} (${found.path})`,
          { code: flaw.code, path: found.path },
        );
      }
    }
  } catch (error) {
    throw runFailure(paths, "load", error);
  }
}

const NO_SUMMARY =
  "there is no summary that says what its CSV should be; { verify: false } " +
  "takes it as it is";
