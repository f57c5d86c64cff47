import type { ColumnsView } from "../columns/measurement_columns.ts";
import { encodeCsv } from "../formats/csv/csv_encoder.ts";
import { encodeSummary } from "../formats/summary/summary_encoder.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import { StorageError } from "../model/errors.ts";
import type { FileAccess } from "../disk/file_operations.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import { type Chunks, writeFile } from "../disk/write_file.ts";
import type { RawCsvStamp, RunLabels } from "../model/metrics.ts";
import type { RunStatistics } from "../statistics/run_statistics.ts";
import { MAX_SUMMARY_BYTES } from "./read_summary.ts";
import { CSV_NAME, SUMMARY_NAME } from "./run_paths.ts";
import type { Stage } from "./stage.ts";

/** What a run's two files are written from. */
export interface Pair {
  runId: string;
  /** Local time, ISO 8601. */
  timestamp: string;
  columns: ColumnsView;
  statistics: RunStatistics;
  labels: RunLabels | undefined;
}

/**
 * Writes both files of a run into a stage that is being opened, in parallel:
 * the summary, which carries the checksum of the CSV, as soon as the last rows
 * of that are on their way.
 *
 * @returns The stage.
 * @throws {StorageError} With the reason of the file that failed, or of both.
 */
export async function writePair(
  opening: Promise<Stage>,
  pair: Pair,
  { files, sync }: FileAccess,
): Promise<Stage> {
  const { runId, columns } = pair;
  const { promise: stamped, resolve: stamp } = Promise.withResolvers<
    RawCsvStamp | undefined
  >();
  const failures: StorageError[] = [];
  const write = async (
    name: string,
    chunks: Chunks,
  ) => {
    const openingFile = opening.then(({ directory }) =>
      files.open(`${directory}/${name}`, { write: true, createNew: true })
    );
    try {
      await writeFile(openingFile, chunks, sync);
    } catch (error) {
      // Without a stage it is that which has failed.
      const path = `${(await opening).directory}/${name}`;
      failures.push(
        storageFailure(error, { action: `save run "${runId}"`, path }),
      );
    }
  };
  await Promise.all([
    write(CSV_NAME, stampedBy(stamp, encodeCsv(columns)))
      .finally(() => stamp(undefined)),
    write(SUMMARY_NAME, summaryChunks(pair, stamped)),
  ]);
  if (failures.length > 0) throw together(failures);
  const stage = await opening;
  if (sync) await stage.sync();
  return stage;
}

/** Yielded while there is no chunk yet, for others to run. */
const NO_BYTES = new Uint8Array(0);

/** Characters of the summary that are written at a time, or a few more. */
const CHUNK_LENGTH = 64 * 1024;

/** Passes chunks on and, when all were taken, tells their size and checksum. */
function* stampedBy(
  stamp: (stamp: RawCsvStamp | undefined) => void,
  chunks: Iterable<Uint8Array>,
): Generator<Uint8Array> {
  const hash = new Xxh32();
  let sizeBytes = 0;
  for (const chunk of chunks) {
    for (const _slice of hash.update(chunk)) yield NO_BYTES;
    sizeBytes += chunk.length;
    yield chunk;
  }
  stamp({ size_bytes: sizeBytes, xxh32: hash.digest() });
}

/** The summary's bytes, or none where its CSV failed and is reported. */
async function* summaryChunks(
  { runId, timestamp, columns, statistics, labels }: Pair,
  stamped: Promise<RawCsvStamp | undefined>,
): AsyncGenerator<Uint8Array> {
  const rawCsv = await stamped;
  if (rawCsv === undefined) return;
  const pieces = encodeSummary({
    runId,
    timestamp,
    totalMeasurements: columns.length,
    statistics,
    rawCsv,
    labels,
  });
  const encoder = new TextEncoder();
  let sizeBytes = 0;
  let text = "";
  for (const piece of pieces) {
    text += piece;
    // All of it is ASCII.
    sizeBytes += piece.length;
    if (sizeBytes > MAX_SUMMARY_BYTES) {
      throw new RangeError(
        `the summary would have more than ${MAX_SUMMARY_BYTES} bytes`,
      );
    }
    if (text.length < CHUNK_LENGTH) {
      yield NO_BYTES;
    } else {
      yield encoder.encode(text);
      text = "";
    }
  }
  yield encoder.encode(text);
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
