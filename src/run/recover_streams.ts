import { removeIfThere } from "../disk/remove_if_there.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { parentDirectory } from "../disk/path.ts";
import { requireDirectory } from "../disk/require_directory.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import { syncDirectory } from "../disk/sync_directory.ts";
import { writeFile } from "../disk/write_file.ts";
import { JournalDecoder } from "../formats/journal/journal_decoder.ts";
import { renameSummary } from "../formats/summary/rename_summary.ts";
import { decodeSummary } from "../formats/summary/summary_decoder.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import { StorageError } from "../model/errors.ts";
import { Interruption, throwIfAborted } from "../model/interruption.ts";
import type { RawCsvStamp, RunMetrics } from "../model/metrics.ts";
import { DurationSample } from "../statistics/duration_sample.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { commitNewPair } from "./commit.ts";
import { isSameStamp } from "./commit_record.ts";
import { withAnnouncer } from "./commit_stream.ts";
import { damagedJournal } from "./failures.ts";
import { findInBatch } from "./find_batch.ts";
import { readJournal } from "./read_journal.ts";
import { lasting, type RunAccess } from "./run_access.ts";
import {
  CSV_NAME,
  isRunId,
  JOURNAL_NAME,
  MAX_NAME_BYTES,
  RECORD_NAME,
  runPaths,
  STREAMS_NAME,
  SUMMARY_NAME,
} from "./run_paths.ts";
import {
  discardStage,
  isStageName,
  lockDirectory,
  type Stage,
} from "./stage.ts";
import { writeStreamedPair } from "./write_streamed_pair.ts";

/** How abandoned streams are made runs. */
export interface RecoverStreamsOptions {
  /** Local time, ISO 8601. */
  readonly timestamp: string;
  readonly signal: AbortSignal | undefined;
  /** The only run whose stream is wanted, or all. */
  readonly runId: string | undefined;
  /** Is told of a stream that cannot be, which stays as it is. */
  readonly onUnreadable: (error: StorageError) => void;
}

/** A summary that takes the place of another. */
const NEXT_SUMMARY_NAME = `${SUMMARY_NAME}.next`;

/** What this package puts into a stream's directory. */
const STREAMED = [
  JOURNAL_NAME,
  CSV_NAME,
  SUMMARY_NAME,
  RECORD_NAME,
  NEXT_SUMMARY_NAME,
];

/** Who looks whether a run is being streamed holds its lock for some us. */
const LOCK_TRIES = 3;
const LOCK_PAUSE_MS = 2;

const CHUNK_BYTES = 256 * 1024;

/**
 * Makes runs of the streams that nobody is writing. They last through a power
 * failure, since their writers may have promised so.
 *
 * @returns Their ids, ascending.
 */
export async function recoverStreams(
  resultsDir: string,
  access: RunAccess,
  options: RecoverStreamsOptions,
): Promise<string[]> {
  const { files } = access;
  const streams = `${resultsDir}/${STREAMS_NAME}`;
  const runIds: string[] = [];
  for (const name of await namesIn(streams, files)) {
    if ((options.runId ?? name) !== name) continue;
    const path = `${streams}/${name}`;
    try {
      throwIfAborted(options.signal);
      const recovery = new Recovery(
        ...[resultsDir, path, lasting(access), options] as const,
      );
      const runId = await recovery.recover();
      if (runId !== undefined) runIds.push(runId);
    } catch (error) {
      if (error instanceof Interruption) throw error.reason;
      options.onUnreadable(
        storageFailure(error, { action: "recover a journal", path }),
      );
    }
  }
  return runIds.sort();
}

async function namesIn(
  streams: string,
  files: FileOperations,
): Promise<string[]> {
  const names: string[] = [];
  try {
    requireDirectory(streams, files);
    for await (const { name } of files.readDir(streams)) names.push(name);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw storageFailure(error, { action: "recover journals", path: streams });
  }
  return names.sort();
}

/** The recovery of one stream. */
class Recovery {
  readonly #resultsDir: string;
  readonly #path: string;
  readonly #access: RunAccess;
  readonly #options: RecoverStreamsOptions;

  constructor(
    resultsDir: string,
    path: string,
    access: RunAccess,
    options: RecoverStreamsOptions,
  ) {
    this.#resultsDir = resultsDir;
    this.#path = path;
    this.#access = access;
    this.#options = options;
  }

  /** The id of the run that it became; `undefined` if there is nothing. */
  async recover(): Promise<string | undefined> {
    const { files } = this.#access;
    requireDirectory(this.#path, files);
    using stage = await this.#lock();
    if (stage === undefined) return undefined;
    const names = await this.#names();
    if (names.includes(JOURNAL_NAME)) {
      if (!await this.#makePair(stage)) {
        await discardStage(stage, files);
        return undefined;
      }
    } else if (names.includes(CSV_NAME) || names.includes(SUMMARY_NAME)) {
      await this.#requirePair();
    } else {
      await discardStage(stage, files);
      return undefined;
    }
    return await this.#commit(stage);
  }

  async #lock(): Promise<Stage | undefined> {
    const { files } = this.#access;
    for (let tries = 1; tries <= LOCK_TRIES; tries++) {
      const lock = lockDirectory(this.#path, files)?.lock;
      if (lock !== undefined) {
        return {
          directory: this.#path,
          sync: () => lock.sync(),
          announce: () => Promise.resolve(),
          // Whoever made it knew how, and is gone.
          becomeRun: () => Promise.resolve(),
          moveTo: (path) => files.rename(this.#path, path),
          [Symbol.dispose]: () => lock.close(),
        };
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_PAUSE_MS));
    }
    return undefined;
  }

  async #names(): Promise<string[]> {
    const names: string[] = [];
    for await (
      const { name, isFile } of this.#access.files.readDir(this.#path)
    ) {
      names.push(name);
      if (isFile && STREAMED.includes(name)) continue;
      const path = `${this.#path}/${name}`;
      throw new StorageError(
        `Cannot recover a journal: "${path}" does not belong there`,
        { code: "UNSAFE_PATH", path },
      );
    }
    return names;
  }

  /** Makes both files of the journal; returns false where nothing is in it. */
  async #makePair(stage: Stage): Promise<boolean> {
    const { files, sync } = this.#access;
    const { timestamp, signal } = this.#options;
    const path = `${this.#path}/${JOURNAL_NAME}`;
    // Its writer may have died before it synced what others have seen by now.
    if (sync) await this.#keep(stage, path);
    const decoder = new JournalDecoder();
    const sample = new DurationSample();
    for await (
      const { block, count } of readJournal(path, decoder, files, signal)
    ) sample.add(block.durationsMs, 0, count);
    const { header, rows, series } = decoder;
    if (header === undefined) {
      // Of a writer that died before it had a stream, or lost to a power
      // failure that nobody was to be saved from.
      const isNothing = isStageName(this.#path.split("/").at(-1)!) ||
        lookAt(path, files)?.size === 0;
      if (isNothing) return false;
      throw damagedJournal(path, "it does not begin as a journal does");
    }
    if (!isRunId(header.run_id)) {
      const named = JSON.stringify(header.run_id);
      throw damagedJournal(path, `it is of ${named}, which can be no run`);
    }
    await writeStreamedPair(
      this.#path,
      {
        runId: this.#freeId(header.run_id),
        timestamp,
        labels: header.labels,
        incomplete: !decoder.finish().isEnded,
        ...{ rows, series, sampleMs: sample.valuesMs },
      },
      this.#access,
      { signal, onProgress: undefined },
    );
    if (sync) await stage.sync();
    await files.remove(path);
    return true;
  }

  /** Makes what was found last: else half a pair could be left of it. */
  async #keep(stage: Stage, path: string): Promise<void> {
    const { files } = this.#access;
    if (lookAt(path, files)?.isFile !== true) return;
    using journal = await files.open(path, { read: true });
    await journal.syncData();
    await stage.sync();
    await syncDirectory(parentDirectory(this.#path), files);
  }

  /** Requires that a pair whose journal has gone is the one it was made of. */
  async #requirePair(): Promise<void> {
    const path = `${this.#path}/${CSV_NAME}`;
    const stamp = await stampOfFile(path, this.#access.files, this.#options);
    const metrics = this.#readSummary();
    if (isSameStamp(stamp, metrics.raw_csv ?? null)) return;
    throw damagedJournal(path, "the CSV is not the one its summary is of");
  }

  async #commit(stage: Stage): Promise<string> {
    const { files, sync } = this.#access;
    for (const name of [RECORD_NAME, NEXT_SUMMARY_NAME]) {
      await removeIfThere(`${this.#path}/${name}`, files);
    }
    for (;;) {
      throwIfAborted(this.#options.signal);
      const runId = this.#readSummary().run_id;
      const freeId = this.#freeId(runId);
      if (freeId !== runId) await this.#renameTo(freeId);
      // Nothing but the pair may become the run.
      if (sync) await stage.sync();
      const paths = runPaths(this.#resultsDir, freeId);
      const options = { hasRecord: false, signal: this.#options.signal };
      const isCommitted = await withAnnouncer(
        ...[stage, paths, this.#access] as const,
        (stage) => commitNewPair(stage, paths, this.#access, options),
      );
      if (isCommitted) return freeId;
    }
  }

  #readSummary(): RunMetrics {
    const path = `${this.#path}/${SUMMARY_NAME}`;
    try {
      return decodeSummary(this.#access.files.readFileSync(path));
    } catch (error) {
      const { name, message } = error as Error;
      if (name !== "SummarySyntaxError") throw error;
      throw damagedJournal(path, message, error);
    }
  }

  async #renameTo(runId: string): Promise<void> {
    const { files, sync } = this.#access;
    const path = `${this.#path}/${SUMMARY_NAME}`;
    const next = `${this.#path}/${NEXT_SUMMARY_NAME}`;
    const bytes = renameSummary(files.readFileSync(path), runId);
    await writeFile(
      files.open(next, { write: true, createNew: true }),
      [bytes],
      sync,
    );
    await files.rename(next, path);
  }

  /** The id, or another one that is made of it, where there is no run. */
  #freeId(wanted: string): string {
    for (let tries = 0;; tries++) {
      const suffix = tries === 0
        ? ""
        : tries === 1
        ? "_recovered"
        : `_recovered_${tries}`;
      const runId = shortened(wanted, MAX_NAME_BYTES - suffix.length) + suffix;
      if (this.#isFree(runId)) return runId;
    }
  }

  /**
   * Whether there is neither such a run, if only in a batch that waits, nor one
   * that is being streamed.
   */
  #isFree(runId: string): boolean {
    const { files } = this.#access;
    const paths = runPaths(this.#resultsDir, runId);
    const { directory, stream } = paths;
    return lookAt(directory, files) === undefined &&
      findInBatch(paths, files) === undefined &&
      (stream === this.#path || lookAt(stream, files) === undefined);
  }
}

/** The first characters of text that take at most so many bytes in UTF-8. */
function shortened(text: string, mostBytes: number): string {
  const bytes = new Uint8Array(mostBytes);
  const { read } = new TextEncoder().encodeInto(text, bytes);
  return text.slice(0, read);
}

async function stampOfFile(
  path: string,
  files: FileOperations,
  { signal }: RecoverStreamsOptions,
): Promise<RawCsvStamp> {
  using file = await files.open(path, { read: true });
  const hash = new Xxh32();
  const chunk = new Uint8Array(CHUNK_BYTES);
  let sizeBytes = 0;
  for (let length; (length = await file.read(chunk)) !== null;) {
    sizeBytes += length;
    await runInSlices(hash.update(chunk.subarray(0, length)), signal);
  }
  return { size_bytes: sizeBytes, xxh32: hash.digest() };
}
