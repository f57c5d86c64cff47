import { StorageError } from "../model/errors.ts";
import { absolutePath } from "../disk/path.ts";
import { COMPRESSED_EXTENSIONS } from "../formats/find_codec.ts";

/** Where a run and what is needed to write it are. */
export interface RunPaths {
  readonly runId: string;
  readonly resultsDir: string;
  readonly directory: string;
  readonly summary: string;
  readonly csv: string;
  /** A committed pair that has not been moved into the directory yet. */
  readonly pending: string;
  readonly pendingSummary: string;
  readonly pendingCsv: string;
  /** What the pair is, and what it replaces. */
  readonly pendingRecord: string;
  /** Where pairs are prepared, and lock files are. */
  readonly staging: string;
  /** Held by whoever changes the run. */
  readonly lock: string;
  /** Where runs are that are being streamed. */
  readonly streams: string;
  /** This one's, while it is: its directory is held by the writer. */
  readonly stream: string;
}

/** Name of the summary in a run's directory. */
export const SUMMARY_NAME = "latency_summary.json";

/** Name of the measurements in a run's directory. */
export const CSV_NAME = "latency_raw.csv";

/** Every name that measurements may have, the plain one first. */
export const CSV_NAMES: readonly string[] = [
  CSV_NAME,
  ...COMPRESSED_EXTENSIONS.map((extension) => CSV_NAME + extension),
];

/** Whether it is the name of measurements, by whatever codec. */
export function isCsvName(name: string): boolean {
  return /^latency_raw\.csv(\.[a-z0-9]{1,16})?$/.test(name);
}

/** Name of the record beside a committed pair. */
export const RECORD_NAME = "commit.json";

/** The directory of stages and lock files. */
export const STAGING_NAME = ".staging";

/** Name of the journal in a stream's directory. */
export const JOURNAL_NAME = "journal";

/** Where streams are in a results directory. */
export const STREAMS_NAME = ".streams";

/** What a committed pair is called until it is in its place. */
export const PENDING_NAME = ".commit";

/** What a deleted run is called in its stage. */
export const DELETED_NAME = "deleted";

/** Bytes that a file name may have on the file systems in use. */
export const MAX_NAME_BYTES = 255;

/**
 * The paths of a run.
 *
 * @throws {StorageError} `INVALID_RUN_ID`: the id cannot be the name of a
 * directory of its own.
 */
export function runPaths(resultsDir: string, runId: string): RunPaths {
  requireRunId(runId);
  const results = absolutePath(resultsDir);
  const staging = `${results}/${STAGING_NAME}`;
  const streams = `${results}/${STREAMS_NAME}`;
  const lock = `${staging}/${runId}`;
  const stream = `${streams}/${runId}`;
  return runPathsAt(
    { runId, resultsDir: results, staging, lock, streams, stream },
    `${results}/${runId}`,
  );
}

/** The paths of a run that stands in this directory. */
export function runPathsAt(
  { runId, resultsDir, staging, lock, streams, stream }: Pick<
    RunPaths,
    "runId" | "resultsDir" | "staging" | "lock" | "streams" | "stream"
  >,
  directory: string,
): RunPaths {
  return withPending({
    ...{ runId, resultsDir, staging, lock, streams, stream, directory },
    summary: `${directory}/${SUMMARY_NAME}`,
    csv: `${directory}/${CSV_NAME}`,
  }, `${directory}/${PENDING_NAME}`);
}

/** The paths of a run whose committed pair waits in this directory. */
export function withPending(
  paths: Omit<
    RunPaths,
    "pending" | "pendingSummary" | "pendingCsv" | "pendingRecord"
  >,
  pending: string,
): RunPaths {
  return {
    ...paths,
    pending,
    pendingSummary: `${pending}/${SUMMARY_NAME}`,
    pendingCsv: `${pending}/${CSV_NAME}`,
    pendingRecord: `${pending}/${RECORD_NAME}`,
  };
}

/** Whether a run may have this id. */
export function isRunId(name: string): boolean {
  return flawOf(name) === undefined;
}

/**
 * Requires the name of a directory of its own.
 *
 * @throws {StorageError} `INVALID_RUN_ID`
 */
export function requireRunId(runId: string): void {
  const flaw = flawOf(runId);
  if (flaw === undefined) return;
  const shown = typeof runId === "string"
    ? JSON.stringify(runId)
    : `of type ${typeof runId}`;
  throw new StorageError(`Cannot use run id ${shown}: it ${flaw}`, {
    code: "INVALID_RUN_ID",
  });
}

function flawOf(runId: string): string | undefined {
  if (typeof runId !== "string") return "is not a string";
  if (runId === "") return "is empty";
  if (runId.startsWith(".")) return "starts with a dot";
  if (/[/\\]/.test(runId)) return "holds a path separator";
  if (/\p{Cc}/u.test(runId)) return "holds a control character";
  if (!runId.isWellFormed()) return "is not well-formed Unicode";
  const bytes = new TextEncoder().encode(runId).length;
  if (bytes > MAX_NAME_BYTES) {
    return `has ${bytes} bytes in UTF-8, over ${MAX_NAME_BYTES}`;
  }
  return undefined;
}
