/**
 * What went wrong with a run on disk. Codes are API: they stay the same from
 * release to release.
 *
 * | code | meaning | remedy |
 * |---|---|---|
 * | `INVALID_RUN_ID` | the run id cannot name a directory of its own | choose another id |
 * | `RUN_EXISTS` | there is a run of this id already, and `ifExists: "fail"` was asked for | choose another id, or save with `ifExists: "replace"` |
 * | `NOT_A_RUN` | the directory holds neither summary, CSV nor commit, so it is left alone | check the id and the results directory |
 * | `RUN_NOT_FOUND` | there is no such run, or not the file asked for | check the id and the results directory |
 * | `CODEC_MISSING` | the measurements are compressed by a codec that the store was not handed | hand it in, as the message says |
 * | `RUN_DAMAGED` | a file is not what its format says, or the two do not belong together | `verifyRun()` says what is wrong; restore the file, or delete the run |
 * | `UNSAFE_PATH` | a link, or something else than a file or directory, is in the way | remove what stands there |
 * | `PERMISSION_DENIED` | the system, or a missing Deno permission, forbids it | the message names the flag or path |
 * | `NO_SPACE` | disk or quota is used up, or a file size limit that did not end the process; nothing has changed | free space and save again |
 * | `TOO_LARGE` | a summary, an id or a path would be longer than can be read back; nothing has changed | record fewer or shorter ids, or save to a shorter path |
 * | `PINNED` | the run is pinned, or part of a baseline, so that it is not deleted | unpin it, or take it out of the baseline |
 * | `LOCKED` | another writer holds the run: it is being streamed, or was waited for too long | try again, or end that process |
 * | `IO_FAILED` | another error of the system, which is the `cause` | as the cause says |
 * | `COMMITTED_NOT_PUBLISHED` | the save or deletion is done and stays, but a step after it failed | nothing to repeat; `repairRun()` or the next save finishes it |
 */
export type StorageErrorCode =
  | "INVALID_RUN_ID"
  | "RUN_EXISTS"
  | "NOT_A_RUN"
  | "RUN_NOT_FOUND"
  | "CODEC_MISSING"
  | "RUN_DAMAGED"
  | "UNSAFE_PATH"
  | "PERMISSION_DENIED"
  | "NO_SPACE"
  | "TOO_LARGE"
  | "PINNED"
  | "LOCKED"
  | "IO_FAILED"
  | "COMMITTED_NOT_PUBLISHED";

/** What a code means, and what to do about it. */
export interface ErrorExplanation {
  readonly meaning: string;
  readonly remedy: string;
}

/** The explanation of every code; the tables in the docs are checked by it. */
export const STORAGE_ERRORS: Readonly<
  Record<StorageErrorCode, ErrorExplanation>
> = {
  INVALID_RUN_ID: {
    meaning: "the run id cannot name a directory of its own",
    remedy: "choose another id",
  },
  RUN_EXISTS: {
    meaning:
      'there is a run of this id already, and `ifExists: "fail"` was asked for',
    remedy: 'choose another id, or save with `ifExists: "replace"`',
  },
  NOT_A_RUN: {
    meaning:
      "the directory holds neither summary, CSV nor commit, so it is left alone",
    remedy: "check the id and the results directory",
  },
  RUN_NOT_FOUND: {
    meaning: "there is no such run, or not the file asked for",
    remedy: "check the id and the results directory",
  },
  CODEC_MISSING: {
    meaning:
      "the measurements are compressed by a codec that the store was not handed",
    remedy: "hand it in, as the message says",
  },
  RUN_DAMAGED: {
    meaning:
      "a file is not what its format says, or the two do not belong together",
    remedy:
      "`verifyRun()` says what is wrong; restore the file, or delete the run",
  },
  UNSAFE_PATH: {
    meaning:
      "a link, or something else than a file or directory, is in the way",
    remedy: "remove what stands there",
  },
  PERMISSION_DENIED: {
    meaning: "the system, or a missing Deno permission, forbids it",
    remedy: "the message names the flag or path",
  },
  NO_SPACE: {
    meaning:
      "disk or quota is used up, or a file size limit that did not end the process; nothing has changed",
    remedy: "free space and save again",
  },
  TOO_LARGE: {
    meaning:
      "a summary, an id or a path would be longer than can be read back; " +
      "nothing has changed",
    remedy: "record fewer or shorter ids, or save to a shorter path",
  },
  PINNED: {
    meaning:
      "the run is pinned, or part of a baseline, so that it is not deleted",
    remedy: "unpin it, or take it out of the baseline",
  },
  LOCKED: {
    meaning:
      "another writer holds the run: it is being streamed, or was waited for too long",
    remedy: "try again, or end that process",
  },
  IO_FAILED: {
    meaning: "another error of the system, which is the `cause`",
    remedy: "as the cause says",
  },
  COMMITTED_NOT_PUBLISHED: {
    meaning:
      "the save or deletion is done and stays, but a step after it failed",
    remedy: "nothing to repeat; `repairRun()` or the next save finishes it",
  },
};

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
 *   assertEquals(error.remedy, "check the id and the results directory");
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

  /** What to do about it, as the table of {@linkcode StorageErrorCode} says. */
  get remedy(): string {
    return STORAGE_ERRORS[this.code].remedy;
  }
}
