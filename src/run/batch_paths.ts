import { type RunPaths, runPathsAt, withPending } from "./run_paths.ts";

/** The directory of batches that were committed and wait to be finished. */
export const BATCHES_NAME = ".batches";

/** In a batch: the runs that it overwrites, whose pairs wait in their places. */
export const OVERWRITES_NAME = ".overwrites";

const UUID = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}";
const BATCH_ID = new RegExp(`^${UUID}$`);
const PART_NAME = new RegExp(`^\\.batch-(${UUID})$`);

/** Where committed batches are. */
export function batchesIn(resultsDir: string): string {
  return `${resultsDir}/${BATCHES_NAME}`;
}

/** Where a batch is once it is committed. */
export function batchDirectory(resultsDir: string, batchId: string): string {
  return `${batchesIn(resultsDir)}/${batchId}`;
}

/** Whether it is what a batch is called. */
export function isBatchId(name: string): boolean {
  return BATCH_ID.test(name);
}

/** The batch whose part of a run is called that, if it is one. */
export function batchIdOfPart(name: string): string | undefined {
  return PART_NAME.exec(name)?.[1];
}

/** A run with the pair of a batch that waits in it as what is pending. */
export function overwrittenBy(paths: RunPaths, batchId: string): RunPaths {
  return withPending(paths, `${paths.directory}/.batch-${batchId}`);
}

/** A new run as long as it stands in its batch. */
export function madeBy(paths: RunPaths, batchId: string): RunPaths {
  const batch = batchDirectory(paths.resultsDir, batchId);
  return runPathsAt(paths, `${batch}/${paths.runId}`);
}
