import { MeasurementColumns } from "../columns/measurement_columns.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { LINKS_OF_LEAF, lookAt } from "../disk/look_at.ts";
import { CompressedDataError } from "../formats/compressed_data_error.ts";
import { CsvDecoder, CsvSyntaxError } from "../formats/csv/csv_decoder.ts";
import { withCarriageReturns } from "../formats/csv/line_ends.ts";
import type { DecompressOptions } from "../formats/csv_codec.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import type { RawCsvStamp, RunMetrics } from "../model/metrics.ts";
import { type OnProgress, tellProgress } from "../model/progress.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { codecOf } from "./codec_of.ts";
import { damaged, inTheWay } from "./failures.ts";
import { findInBatch } from "./find_batch.ts";
import { readChunks } from "./read_chunks.ts";
import { readThrough } from "./read_through.ts";
import type { RunAccess } from "./run_access.ts";
import { CSV_NAME, CSV_NAMES, type RunPaths } from "./run_paths.ts";
import { isSuperseded } from "./superseded.ts";

/** The measurements of a run, and what its summary should say of the file. */
export interface ReadMeasurements {
  /**
   * The measurements; `undefined` where the file was not read, since it is
   * larger than its summary says.
   */
  readonly columns: MeasurementColumns | undefined;
  readonly sizeBytes: number;
  /** `undefined` where the file was not read. */
  readonly xxh32: string | undefined;
  /** Whether it is what its summary says, but for line ends that are now LF. */
  readonly hasOtherLineEnds: boolean;
  readonly path: string;
}

/** What compressed measurements are read through. */
export type ReadAccess = Pick<RunAccess, "files" | "codecs">;

/** How measurements are read. */
export interface ReadMeasurementsOptions {
  /** The summary that says what the CSV should be. */
  readonly metrics: RunMetrics | undefined;
  readonly signal: AbortSignal | undefined;
  readonly onProgress: OnProgress | undefined;
}

/**
 * How often measurements are looked for where no summary says what they are
 * called: those of another codec may take their place between two looks.
 */
export const CSV_LOOKS = 4;

/** In what way measurements are not those that a summary was made of. */
export interface Mismatch {
  readonly code: "RUN_DAMAGED";
  readonly reason: string;
}

/**
 * Reads the measurements of a run, or finds that there are none.
 *
 * @throws {StorageError} `RUN_DAMAGED`, naming the line, or `UNSAFE_PATH`.
 */
export async function readMeasurements(
  paths: RunPaths,
  access: ReadAccess,
  options: ReadMeasurementsOptions,
): Promise<ReadMeasurements | undefined> {
  const { files } = access;
  const names = options.metrics === undefined
    ? CSV_NAMES
    : [options.metrics.raw_csv?.file ?? CSV_NAME];
  const places = csvDirectories(paths, files).flatMap((directory) =>
    names.map((name) => `${directory}/${name}`)
  );
  for (const path of places) {
    try {
      const info = lookAt(path, files);
      if (info === undefined) continue;
      if (!info.isFile) throw inTheWay(paths, path);
      return await read(paths, path, info.size, access, options);
    } catch (error) {
      // It was moved into place after we looked.
      if (error instanceof Deno.errors.NotFound) continue;
      if (
        !(error instanceof CsvSyntaxError) &&
        !(error instanceof CompressedDataError)
      ) throw error;
      throw damaged(paths, path, error.message, error);
    }
  }
  return undefined;
}

/**
 * Where the measurements that count may be, in the order in which they move
 * into their place.
 */
export function csvDirectories(
  paths: RunPaths,
  files: FileOperations,
): string[] {
  const directory = lookAt(paths.directory, files);
  if (directory?.isDirectory === false) throw inTheWay(paths, paths.directory);
  if (directory?.nlink === LINKS_OF_LEAF) return [paths.directory];
  const inBatch = findInBatch(paths, files);
  if (inBatch !== undefined && inBatch.directory !== paths.directory) {
    return [inBatch.directory, paths.directory];
  }
  // As for the summary, only a directory is a commit.
  const pending = inBatch ?? paths;
  const isPending = lookAt(pending.pending, files)?.isDirectory &&
    !isSuperseded(pending, files);
  return [
    ...(isPending ? [pending.pending] : []),
    ...(inBatch === undefined ? [] : [paths.pending]),
    paths.directory,
  ];
}

/** In what way the measurements are not those the summary was made of. */
export function mismatchOf(
  metrics: RunMetrics,
  { columns, sizeBytes, xxh32, hasOtherLineEnds }: ReadMeasurements,
): Mismatch | undefined {
  const reason = (what: string, said: unknown): Mismatch => ({
    code: "RUN_DAMAGED",
    reason: `${what}, and its summary says ${said}`,
  });
  const wanted = metrics.raw_csv;
  if (wanted !== undefined && !hasOtherLineEnds) {
    if (wanted.size_bytes !== sizeBytes) {
      return reason(`the CSV has ${sizeBytes} bytes`, wanted.size_bytes);
    }
    if (wanted.xxh32 !== xxh32) {
      return reason(`the checksum of the CSV is ${xxh32}`, wanted.xxh32);
    }
  }
  const rows = columns?.length;
  return rows === metrics.total_measurements
    ? undefined
    : reason(`the CSV has ${rows} measurements`, metrics.total_measurements);
}

async function read(
  paths: RunPaths,
  path: string,
  fileBytes: number,
  { files, codecs }: ReadAccess,
  { metrics, signal, onProgress }: ReadMeasurementsOptions,
): Promise<ReadMeasurements> {
  const wanted = metrics?.raw_csv;
  const codec = codecOf(paths, path, codecs);
  if (!codec && wanted !== undefined && fileBytes > wanted.size_bytes) {
    return {
      columns: undefined,
      sizeBytes: fileBytes,
      xxh32: undefined,
      hasOtherLineEnds: false,
      path,
    };
  }
  const columns = new MeasurementColumns();
  const decoder = new CsvDecoder(columns);
  const totalBytes = codec ? wanted?.size_bytes : fileBytes;
  const chunks = readChunks(path, files, signal);
  const stamp = await readThrough(
    codec?.decompress(chunks, maxBytesOf(wanted)) ?? chunks,
    async (bytes, sizeBytes) => {
      await runInSlices(decoder.push(bytes), signal);
      tellProgress(onProgress, {
        ...{ rows: columns.length, totalRows: metrics?.total_measurements },
        ...{ bytes: sizeBytes, totalBytes },
      });
    },
    signal,
  );
  decoder.finish();
  return {
    columns,
    sizeBytes: stamp.size_bytes,
    xxh32: stamp.xxh32,
    hasOtherLineEnds: !codec && wanted !== undefined &&
      stamp.size_bytes < wanted.size_bytes &&
      await hasOtherLineEnds(path, wanted, files, signal),
    path,
  };
}

/** How many bytes may come out of a compressed CSV. */
export function maxBytesOf(wanted: RawCsvStamp | undefined): DecompressOptions {
  return wanted === undefined ? {} : { maxBytes: wanted.size_bytes };
}

/** Whether a CSV whose line ends are LF is that of the stamp with CRLF. */
async function hasOtherLineEnds(
  path: string,
  wanted: RawCsvStamp,
  files: FileOperations,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const hash = new Xxh32();
  let sizeBytes = 0;
  for await (const bytes of readChunks(path, files, signal)) {
    const converted = withCarriageReturns(bytes);
    sizeBytes += converted.length;
    await runInSlices(hash.update(converted), signal);
  }
  return sizeBytes === wanted.size_bytes && hash.digest() === wanted.xxh32;
}
