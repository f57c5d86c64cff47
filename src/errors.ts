/**
 * What went wrong with a run on disk. Codes are API: they stay the same from
 * release to release.
 *
 * | code | meaning | remedy |
 * |---|---|---|
 * | `INVALID_RUN_ID` | the run id cannot name a directory of its own | choose another id |
 * | `RUN_NOT_FOUND` | there is no such run, or not the file asked for | check the id and the results directory |
 * | `RUN_DAMAGED` | a file of the run is not what its format says, or the two files do not belong together | `verifyRun()` says what is wrong; restore the file, or delete the run |
 * | `UNSAFE_PATH` | a symbolic link, or something else than a regular file or directory, stands where the run's should be | remove what stands there |
 * | `PERMISSION_DENIED` | the system, or a Deno permission that is missing, forbids it | the message names the flag or path |
 * | `NO_SPACE` | the disk, the quota or the file size limit is used up | free space and save again; nothing was changed |
 * | `LOCKED` | another writer held the run for too long | try again, or end that process |
 * | `IO_FAILED` | the system reported another error, which is the `cause` | as the cause says; what was saved before is as it was |
 * | `COMMITTED_NOT_PUBLISHED` | the save or deletion is done and will stay, but a step after it failed | nothing to repeat; `repairRun()` or the next save finishes it |
 */
export type StorageErrorCode =
  | "INVALID_RUN_ID"
  | "RUN_NOT_FOUND"
  | "RUN_DAMAGED"
  | "UNSAFE_PATH"
  | "PERMISSION_DENIED"
  | "NO_SPACE"
  | "LOCKED"
  | "IO_FAILED"
  | "COMMITTED_NOT_PUBLISHED";

/** What a {@linkcode StorageError} is made from besides its message. */
export interface StorageErrorOptions extends ErrorOptions {
  /** What went wrong. */
  code: StorageErrorCode;
  /** The file or directory it went wrong with, where there is one. */
  path?: string;
}

/**
 * A failure of the storage that a caller can handle.
 *
 * A programmer's mistake (an argument out of its range) is a `TypeError` or
 * `RangeError` instead.
 *
 * @example Handle a run that does not exist
 * ```ts
 * import { MetricsStorage, StorageError } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const resultsDir = await Deno.makeTempDir();
 * try {
 *   await new MetricsStorage("run_1", { resultsDir }).loadMeasurements();
 * } catch (error) {
 *   if (!(error instanceof StorageError)) throw error;
 *   assertEquals(error.code, "RUN_NOT_FOUND");
 * }
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 */
export class StorageError extends Error {
  /** Always `"StorageError"`. */
  override readonly name = "StorageError";
  /** What went wrong; see {@linkcode StorageErrorCode}. */
  readonly code: StorageErrorCode;
  /** The file or directory it went wrong with, where there is one. */
  readonly path: string | undefined;

  /** Makes an error; callers only ever catch one. */
  constructor(message: string, options: StorageErrorOptions) {
    super(message, options);
    this.code = options.code;
    this.path = options.path;
  }
}
