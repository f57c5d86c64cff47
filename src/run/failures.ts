import { storageFailure } from "../disk/storage_failure.ts";
import type { CodecSearch } from "../formats/find_codec.ts";
import { StorageError } from "../model/errors.ts";
import { Interruption } from "../model/interruption.ts";
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

/** The error for a journal that is not what it should be. */
export function damagedJournal(
  path: string,
  reason: string,
  cause?: unknown,
): StorageError {
  return new StorageError(`Cannot recover a journal: ${reason} (${path})`, {
    code: "RUN_DAMAGED",
    path,
    cause,
  });
}

/** The error for a run that must not be there. */
export function exists(paths: RunPaths): StorageError {
  return new StorageError(
    `Cannot save run "${paths.runId}": there is one already ` +
      `(${paths.directory})`,
    { code: "RUN_EXISTS", path: paths.directory },
  );
}

/** The error for a run that is being streamed. */
export function streamed(paths: RunPaths): StorageError {
  return new StorageError(
    `Cannot change run "${paths.runId}": it is being streamed; close or end ` +
      `that writer (${paths.stream})`,
    { code: "LOCKED", path: paths.stream },
  );
}

/** The error for a directory that is not a run's. */
export function notARun(paths: RunPaths): StorageError {
  return new StorageError(
    `Cannot delete run "${paths.runId}": its directory holds neither summary, ` +
      `CSV nor commit, so it is left alone (${paths.directory})`,
    { code: "NOT_A_RUN", path: paths.directory },
  );
}

/** The error for measurements that no codec was handed in for. */
export function codecMissing(
  paths: RunPaths,
  path: string,
  search: Exclude<CodecSearch, { kind: "found" }>,
): StorageError {
  const wanted = search.kind === "missing"
    ? `the codec ${search.name} of ${search.from}`
    : "a codec for such files";
  return new StorageError(
    `Cannot read run "${paths.runId}": its CSV is compressed; hand ${wanted} ` +
      `to the store as one of its codecs (${path})`,
    { code: "CODEC_MISSING", path },
  );
}

/**
 * What somebody who did something with a run gets when that ends early: a
 * `StorageError`, or the reason of an interruption as it is.
 */
export function runFailure(
  paths: RunPaths,
  action: string,
  error: unknown,
): unknown {
  if (error instanceof Interruption) return error.reason;
  return storageFailure(error, {
    action: `${action} run "${paths.runId}"`,
    path: paths.directory,
  });
}
