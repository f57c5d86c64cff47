import type { ColumnsView } from "../columns/measurement_columns.ts";
import type { FileAccess } from "../disk/file_operations.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import { type Chunks, writeFile } from "../disk/write_file.ts";
import { encodeCsv } from "../formats/csv/csv_encoder.ts";
import type { CsvCodec } from "../formats/csv_codec.ts";
import { encodeSummary } from "../formats/summary/summary_encoder.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import { StorageError } from "../model/errors.ts";
import { Interruption, throwIfAborted } from "../model/interruption.ts";
import type { RawCsvStamp, RunLabels } from "../model/metrics.ts";
import { type OnProgress, tellProgress } from "../model/progress.ts";
import { TooLarge } from "../model/too_large.ts";
import type { RunStatistics } from "../statistics/run_statistics.ts";
import {
  type CommitRecord,
  encodeRecord,
  recordOf,
  type ReplacedPair,
} from "./commit_record.ts";
import { CSV_NAME, RECORD_NAME, SUMMARY_NAME } from "./run_paths.ts";
import type { RunAccess } from "./run_access.ts";
import type { Stage } from "./stage.ts";

/** What a run's two files are written from. */
export interface Pair {
  readonly runId: string;
  /** Local time, ISO 8601. */
  readonly timestamp: string;
  readonly columns: ColumnsView;
  readonly statistics: RunStatistics;
  readonly labels: RunLabels | undefined;
  /**
   * What it replaces; `undefined` if there is no run, and so no record to
   * write.
   */
  readonly replaces: ReplacedPair | undefined;
}

/** The part of a stage that is needed to write a pair into it. */
export type PairStage = Pick<Stage, "directory" | "sync" | "announce">;

/** A pair in its stage. */
export interface WrittenPair<S> {
  readonly stage: S;
  readonly summary: RawCsvStamp;
}

/** What is told, and may be ended, meanwhile. */
export interface WritePairOptions {
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress | undefined;
}

/** Yielded while there is no chunk yet, for others to run. */
const NO_BYTES = new Uint8Array(0);

/**
 * Writes both files of a run into a stage that is being opened, in parallel:
 * the summary, which carries the checksum of the CSV, as soon as the last rows
 * of that are on their way, and the record of the commit after it.
 *
 * @throws {StorageError} With the reason of the file that failed, or of both.
 * @throws {Interruption} The signal was aborted, or the callback threw.
 */
export async function writePair<S extends PairStage>(
  opening: Promise<S>,
  pair: Pair,
  access: RunAccess,
  options: WritePairOptions,
): Promise<WrittenPair<S>> {
  const { files, sync, compression } = access;
  const csv = Promise.withResolvers<RawCsvStamp | undefined>();
  const summary = Promise.withResolvers<RawCsvStamp | undefined>();
  // What is private stays so while it is replaced.
  const replacedMode = pair.replaces?.mode ?? null;
  const mode = replacedMode === null ? {} : { mode: replacedMode & 0o777 };
  const failures: StorageError[] = [];
  let interruption: Interruption | TooLarge | undefined;
  const write = async (name: string, chunks: Chunks) => {
    const openingFile = opening.then(({ directory }) =>
      files.open(`${directory}/${name}`, {
        write: true,
        createNew: true,
        ...mode,
      })
    );
    try {
      await writeFile(openingFile, chunks, sync);
    } catch (error) {
      // Both are about the run, not about a file of the stage.
      if (error instanceof Interruption || error instanceof TooLarge) {
        interruption = error;
        return;
      }
      // Without a stage it is that which has failed.
      const path = `${(await opening).directory}/${name}`;
      failures.push(
        storageFailure(error, { action: `save run "${pair.runId}"`, path }),
      );
    }
  };
  const csvName = csvNameBy(compression);
  const file = compression && { file: csvName };
  const stamped = stampedBy(
    (stamp) => csv.resolve({ ...stamp, ...file }),
    csvOf(pair.columns, options),
    options.signal,
  );
  await Promise.all([
    write(csvName, compression?.compress(stamped) ?? stamped)
      .finally(() => csv.resolve(undefined)),
    write(SUMMARY_NAME, summaryOf(pair, csv.promise, summary.resolve))
      .finally(() => summary.resolve(undefined)),
    pair.replaces !== undefined &&
    write(RECORD_NAME, recordChunks(pair.replaces, summary.promise)),
    // Where it fails, so will the commit.
    opening.then((it) => it.announce(pair.runId)).catch(() => {}),
  ]);
  if (interruption !== undefined) throw interruption;
  if (failures.length > 0) throw together(failures);
  const stage = await opening;
  if (sync) await stage.sync();
  return { stage, summary: (await summary.promise)! };
}

/** What a CSV is called that is compressed so. */
export function csvNameBy(compression: CsvCodec | undefined): string {
  return CSV_NAME + (compression?.extension ?? "");
}

/** Writes the record anew: the run has changed since it was written. */
export async function rewriteRecord(
  stage: PairStage,
  record: CommitRecord,
  { files, sync }: FileAccess,
): Promise<void> {
  const path = `${stage.directory}/${RECORD_NAME}`;
  try {
    await files.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const opening = files.open(path, { write: true, createNew: true });
  await writeFile(opening, [encodeRecord(record)], sync);
  if (sync) await stage.sync();
}

/** The chunks of the CSV; how far they have come is told. */
function* csvOf(
  columns: ColumnsView,
  { onProgress }: WritePairOptions,
): Generator<Uint8Array> {
  let rows = 0;
  let bytes = 0;
  const onRows = (count: number) => {
    rows = count;
  };
  for (const chunk of encodeCsv(columns, { onRows })) {
    yield chunk;
    if (chunk.length === 0) continue;
    bytes += chunk.length;
    tellProgress(onProgress, {
      ...{ rows, totalRows: columns.length, bytes, totalBytes: undefined },
    });
  }
}

/** Passes chunks on and, when all were taken, tells their size and checksum. */
function* stampedBy(
  stamp: (stamp: RawCsvStamp) => void,
  chunks: Iterable<Uint8Array>,
  signal?: AbortSignal,
): Generator<Uint8Array> {
  const hash = new Xxh32();
  let sizeBytes = 0;
  for (const chunk of chunks) {
    throwIfAborted(signal);
    for (const _slice of hash.update(chunk)) yield NO_BYTES;
    sizeBytes += chunk.length;
    yield chunk;
  }
  stamp({ size_bytes: sizeBytes, xxh32: hash.digest() });
}

/** The summary's bytes, or none where its CSV failed and is reported. */
async function* summaryOf(
  { runId, timestamp, columns, statistics, labels }: Pair,
  csv: Promise<RawCsvStamp | undefined>,
  stamp: (stamp: RawCsvStamp) => void,
): AsyncGenerator<Uint8Array> {
  const rawCsv = await csv;
  if (rawCsv === undefined) return;
  yield* stampedBy(
    stamp,
    encodeSummary({
      runId,
      timestamp,
      totalMeasurements: columns.length,
      statistics,
      rawCsv,
      labels,
    }),
  );
}

/** The record's bytes, or none where its summary failed. */
async function* recordChunks(
  replaces: ReplacedPair,
  summary: Promise<RawCsvStamp | undefined>,
): AsyncGenerator<Uint8Array> {
  const stamp = await summary;
  if (stamp === undefined) return;
  yield encodeRecord(recordOf(stamp, replaces));
}

function together(failures: readonly StorageError[]): StorageError {
  const [first, second] = failures;
  if (second === undefined) return first!;
  return new StorageError(`${first!.message}; ${second.message}`, {
    code: first!.code,
    path: first!.path!,
    cause: new AggregateError(failures),
  });
}
