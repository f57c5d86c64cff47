import type { FileAccess, FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { requireDirectory } from "../disk/require_directory.ts";
import { errnoOf } from "../disk/storage_failure.ts";
import { syncDirectory } from "../disk/sync_directory.ts";
import { writeAll } from "../disk/write_file.ts";
import { JournalEncoder } from "../formats/journal/journal_encoder.ts";
import { StorageError } from "../model/errors.ts";
import { throwIfAborted } from "../model/interruption.ts";
import type { RunLabels } from "../model/metrics.ts";
import { isRun } from "./commit.ts";
import { exists, runFailure, streamed } from "./failures.ts";
import { JournalWriter } from "./journal_writer.ts";
import { JOURNAL_NAME, type RunPaths, SUMMARY_NAME } from "./run_paths.ts";
import {
  discardStage,
  lockDirectory,
  newStagePath,
  openStage,
  type Stage,
} from "./stage.ts";
import { requireNotStreamed } from "./stream_lock.ts";

/** How a run is streamed. */
export interface OpenStreamOptions {
  readonly labels: RunLabels | undefined;
  readonly ifExists: "replace" | "fail";
  readonly signal: AbortSignal | undefined;
}

/** A run that is being streamed. */
export interface Stream {
  /** Its directory, which is locked until it is disposed of. */
  readonly stage: Stage;
  readonly journal: JournalWriter;
  /** What stands in the directory. */
  holds: "journal" | "journal and pair" | "pair";
  /** Closes the journal, to which nothing is being written any more. */
  close(): void;
}

/** How often an abandoned stream may be in the way. */
const TRIES = 8;

/**
 * Opens a stream: a directory with a journal, prepared as a stage is, so that
 * a stream never lacks a whole header.
 *
 * @throws {StorageError} `LOCKED`: the run is being streamed. `RUN_EXISTS`.
 */
export async function openStream(
  paths: RunPaths,
  access: FileAccess,
  options: OpenStreamOptions,
): Promise<Stream> {
  const { files, sync } = access;
  const { labels, ifExists, signal } = options;
  let stage: Stage | undefined;
  let file: Deno.FsFile | undefined;
  try {
    requireStreamable(paths);
    throwIfAborted(signal);
    // It has the longest of the paths, as when a run is saved.
    lookAt(paths.pendingSummary, files);
    requireDirectory(paths.streams, files);
    requireNotStreamed(paths, files);
    if (ifExists === "fail" && isRun(paths, files)) throw exists(paths);
    stage = await openStage(paths.streams, access);
    file = await files.open(`${stage.directory}/${JOURNAL_NAME}`, {
      append: true,
      createNew: true,
    });
    const [salt] = crypto.getRandomValues(new Uint32Array(1));
    const encoder = new JournalEncoder(salt!);
    encoder.addHeader({ run_id: paths.runId, ...labels && { labels } });
    await writeAll(file, encoder.frames);
    if (sync) {
      await file.syncData();
      await stage.sync();
    }
    throwIfAborted(signal);
    await takePlace(stage, paths, files);
    if (sync) await syncDirectory(paths.streams, files);
    return {
      stage,
      holds: "journal",
      journal: new JournalWriter(file, encoder, { sync, signal }),
      close: file.close.bind(file),
    };
  } catch (error) {
    file?.close();
    if (stage !== undefined) {
      await discardStage(stage, files);
      stage[Symbol.dispose]();
    }
    throw runFailure(paths, "stream", error);
  }
}

/** A program that lists directories with a summary would list the streams. */
function requireStreamable({ runId }: RunPaths): void {
  if (runId !== SUMMARY_NAME) return;
  throw new StorageError(
    `Cannot stream run "${runId}": it is called as a summary is`,
    { code: "INVALID_RUN_ID" },
  );
}

/** Moves the stage to the stream's place; an abandoned one is put aside. */
async function takePlace(
  stage: Stage,
  paths: RunPaths,
  files: FileOperations,
): Promise<void> {
  for (let tries = 1;; tries++) {
    try {
      return await stage.moveTo(paths.stream);
    } catch (error) {
      const errno = errnoOf(error);
      const isOccupied = errno === "ENOTEMPTY" || errno === "EEXIST";
      if (!isOccupied || tries === TRIES) throw error;
    }
    await putAside(paths, files);
  }
}

/** Its journal says which run it is of, wherever it stands. */
async function putAside(paths: RunPaths, files: FileOperations): Promise<void> {
  const locked = lockDirectory(paths.stream, files);
  if (locked === undefined) {
    if (lookAt(paths.stream, files) === undefined) return;
    throw streamed(paths);
  }
  using _lock = locked.lock;
  await files.rename(paths.stream, newStagePath(paths.streams));
}
