import { storageFailure } from "../disk/storage_failure.ts";
import { StorageError } from "../model/errors.ts";
import type { RunPaths } from "./run_paths.ts";

/** The error for what stands where only a run's own things may stand. */
export function inTheWay(paths: RunPaths, path: string): StorageError {
  return new StorageError(
    `Cannot use run "${paths.runId}": "${path}" is a link or something else ` +
      "that does not belong there",
    { code: "UNSAFE_PATH", path },
  );
}

/** The error for a file that is not there. */
export function notFound(paths: RunPaths, path: string): StorageError {
  return new StorageError(
    `Cannot find run "${paths.runId}": there is no such file (${path})`,
    { code: "RUN_NOT_FOUND", path },
  );
}

/** The error for a file that is not what it should be. */
export function damaged(
  paths: RunPaths,
  path: string,
  reason: string,
  cause?: unknown,
): StorageError {
  return new StorageError(
    `Cannot read run "${paths.runId}": ${reason} (${path})`,
    { code: "RUN_DAMAGED", path, cause },
  );
}

/** The failure of something that was done with a run. */
export function runFailure(
  paths: RunPaths,
  action: string,
  error: unknown,
): StorageError {
  return storageFailure(error, {
    action: `${action} run "${paths.runId}"`,
    path: paths.directory,
  });
}
