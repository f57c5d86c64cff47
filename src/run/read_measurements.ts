import { MeasurementColumns } from "../columns/measurement_columns.ts";
import { CsvDecoder, CsvSyntaxError } from "../formats/csv/csv_decoder.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import type { RawCsvStamp, RunMetrics } from "../model/metrics.ts";
import { runInSlices } from "../work/turns.ts";
import { alongside } from "../work/alongside.ts";
import { damaged, inTheWay } from "./failures.ts";
import type { RunPaths } from "./run_paths.ts";

/** The measurements of a run, and what its summary should say of the file. */
export interface ReadMeasurements {
  readonly columns: MeasurementColumns;
  readonly stamp: RawCsvStamp;
  readonly path: string;
}

const CHUNK_BYTES = 512 * 1024;

/**
 * Reads the measurements of a run, or finds that there are none.
 *
 * @throws {StorageError} `RUN_DAMAGED`, naming the line, or `UNSAFE_PATH`.
 */
export async function readMeasurements(
  paths: RunPaths,
  files: FileOperations,
): Promise<ReadMeasurements | undefined> {
  if (lookAt(paths.directory, files)?.isDirectory === false) {
    throw inTheWay(paths, paths.directory);
  }
  // As for the summary, only a directory is a commit.
  const places = lookAt(paths.pending, files)?.isDirectory
    ? [paths.pendingCsv, paths.csv]
    : [paths.csv];
  for (const path of places) {
    try {
      const info = lookAt(path, files);
      if (info === undefined) continue;
      if (!info.isFile) throw inTheWay(paths, path);
      return await read(path, files);
    } catch (error) {
      // It was moved into place after we looked.
      if (error instanceof Deno.errors.NotFound) continue;
      if (!(error instanceof CsvSyntaxError)) throw error;
      throw damaged(paths, path, error.message, error);
    }
  }
  return undefined;
}

/** In what way the measurements are not those the summary was made of. */
export function mismatchOf(
  metrics: RunMetrics,
  { columns, stamp }: ReadMeasurements,
): string | undefined {
  const wanted = metrics.raw_csv;
  if (wanted !== undefined && wanted.size_bytes !== stamp.size_bytes) {
    return `the CSV has ${stamp.size_bytes} bytes, and its summary says ` +
      `${wanted.size_bytes}`;
  }
  if (wanted !== undefined && wanted.xxh32 !== stamp.xxh32) {
    return `the checksum of the CSV is ${stamp.xxh32}, and its summary says ` +
      `${wanted.xxh32}`;
  }
  if (metrics.total_measurements !== columns.length) {
    return `the CSV has ${columns.length} measurements, and its summary says ` +
      `${metrics.total_measurements}`;
  }
  return undefined;
}

async function read(
  path: string,
  files: FileOperations,
): Promise<ReadMeasurements> {
  using file = await files.open(path, { read: true });
  const columns = new MeasurementColumns();
  const decoder = new CsvDecoder(columns);
  const hash = new Xxh32();
  let sizeBytes = 0;
  // One buffer is decoded while the other is being filled.
  let current = new Uint8Array(CHUNK_BYTES);
  let next = new Uint8Array(CHUNK_BYTES);
  let length = await file.read(current);
  while (length !== null) {
    const filled = current.subarray(0, length);
    const reading = alongside(file.read(next));
    try {
      await runInSlices(hash.update(filled));
      await runInSlices(decoder.push(filled));
    } finally {
      // The file must not be closed under a read.
      await reading.catch(() => {});
    }
    sizeBytes += length;
    length = await reading;
    [current, next] = [next, current];
  }
  decoder.finish();
  return {
    columns,
    stamp: { size_bytes: sizeBytes, xxh32: hash.digest() },
    path,
  };
}
