import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { writeFile } from "../disk/write_file.ts";
import type { CsvCodec } from "../formats/csv_codec.ts";
import { restampSummary } from "../formats/summary/restamp_summary.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import { StorageError } from "../model/errors.ts";
import { throwIfAborted } from "../model/interruption.ts";
import type { RawCsvStamp } from "../model/metrics.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { changeRun } from "./change_run.ts";
import { commitOverPair, finishCommit, requirePlainRun } from "./commit.ts";
import {
  describePair,
  encodeRecord,
  readIfFile,
  recordOf,
  stampOf,
} from "./commit_record.ts";
import { finishBatches, finishPart } from "./finish_batch.ts";
import { keepOwnership } from "./keep_ownership.ts";
import { readChunks } from "./read_chunks.ts";
import { type ReadSummary, readSummary } from "./read_summary.ts";
import { lasting, type RunAccess } from "./run_access.ts";
import { withRunLock } from "./run_lock.ts";
import { RECORD_NAME, type RunPaths, SUMMARY_NAME } from "./run_paths.ts";
import { discardStage, type Stage } from "./stage.ts";
import { csvNameBy } from "./write_pair.ts";

/**
 * Compresses the CSV of a run: its bytes, whatever columns it has. The time by
 * which the run is listed stays, and so does all else that its summary says.
 *
 * @returns Why it was left as it is; `undefined` if it is compressed now.
 * @throws {StorageError} What went wrong; the run is as it was.
 */
export async function compressRun(
  paths: RunPaths,
  directory: RunAccess,
  codec: CsvCodec,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  // It may have been saved long ago, and lasts by now.
  const access = lasting(directory);
  const { files } = access;
  return await changeRun("compress", paths, access, async (opening) => {
    const stage = await opening;
    await finishBatches(paths.resultsDir, access);
    const reason = await withRunLock(paths, access, signal, async () => {
      await finishPart(paths, access);
      requirePlainRun(paths, files);
      await finishCommit(paths, access);
      const summary = readableSummary(paths, files);
      if (typeof summary === "string") return summary;
      const bytes = readIfFile(paths.summary, files);
      if (summary === undefined || bytes === undefined) {
        return "it has no summary";
      }
      const { raw_csv } = summary.metrics;
      if (raw_csv?.file !== undefined) return "it is compressed already";
      if (lookAt(paths.csv, files) === undefined) return "it has no CSV";
      const csvName = csvNameBy(codec);
      const stamp = await writeCompressed(stage, paths, access, codec, signal);
      if (
        raw_csv !== undefined && (raw_csv.size_bytes !== stamp.size_bytes ||
          raw_csv.xxh32 !== stamp.xxh32)
      ) return "its CSV is not what its summary says";
      const restamped = restampSummary(bytes, { ...stamp, file: csvName });
      if (restamped === undefined) {
        return "its summary has a stamp in a form of its own";
      }
      await writeSmall(stage, SUMMARY_NAME, restamped, access);
      const { atime, mtime } = summary.file;
      if (mtime !== null) {
        const path = `${stage.directory}/${SUMMARY_NAME}`;
        await files.utime(path, atime ?? mtime, mtime);
      }
      const replaces = await describePair(paths, files);
      const record = encodeRecord(recordOf(stampOf(restamped), replaces));
      await writeSmall(stage, RECORD_NAME, record, access);
      await keepOwnership(stage.directory, paths, csvName, files);
      if (access.sync) await stage.sync();
      throwIfAborted(signal);
      await commitOverPair(stage, paths, access);
      return undefined;
    });
    if (reason !== undefined) await discardStage(stage, files);
    return reason;
  });
}

/** The summary, or why it is damaged. */
function readableSummary(
  paths: RunPaths,
  files: FileOperations,
): ReadSummary | string | undefined {
  try {
    return readSummary(paths, files);
  } catch (error) {
    const isDamaged = error instanceof StorageError &&
      error.code === "RUN_DAMAGED";
    if (isDamaged) return error.message;
    throw error;
  }
}

/** Writes the compressed CSV and tells what went into it. */
async function writeCompressed(
  stage: Stage,
  paths: RunPaths,
  { files, sync }: RunAccess,
  codec: CsvCodec,
  signal: AbortSignal | undefined,
): Promise<RawCsvStamp> {
  const hash = new Xxh32();
  let sizeBytes = 0;
  async function* plain(): AsyncGenerator<Uint8Array> {
    for await (const chunk of readChunks(paths.csv, files, signal)) {
      sizeBytes += chunk.length;
      await runInSlices(hash.update(chunk), signal);
      // The codec may need it for longer than it stays.
      yield chunk.slice();
    }
  }
  const path = `${stage.directory}/${csvNameBy(codec)}`;
  const opening = files.open(path, { write: true, createNew: true });
  await writeFile(opening, codec.compress(plain()), sync);
  return { size_bytes: sizeBytes, xxh32: hash.digest() };
}

async function writeSmall(
  stage: Stage,
  name: string,
  bytes: Uint8Array,
  { files, sync }: RunAccess,
): Promise<void> {
  const path = `${stage.directory}/${name}`;
  const opening = files.open(path, { write: true, createNew: true });
  await writeFile(opening, [bytes], sync);
}
