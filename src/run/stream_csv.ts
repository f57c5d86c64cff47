import { CompressedDataError } from "../formats/compressed_data_error.ts";
import { withCarriageReturns } from "../formats/csv/line_ends.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import type { RunMetrics } from "../model/metrics.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { type OpenCsv, openCsv } from "./csv_bytes.ts";
import { damaged, notFound } from "./failures.ts";
import { CSV_LOOKS, type ReadAccess } from "./read_measurements.ts";
import { isReplaced, readSummary } from "./read_summary.ts";
import type { RunPaths } from "./run_paths.ts";

/** How a run is read piece by piece. */
export interface StreamCsvOptions {
  /** Whether it must be the CSV that its summary was made of. */
  readonly verify: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A piece of a CSV. */
export interface CsvPiece {
  readonly bytes: Uint8Array;
  /** The file it is of, for messages. */
  readonly path: string;
}

const LF = 0x0a;
const CR = 0x0d;

/** How often a pair is opened again because it was replaced meanwhile. */
const TRIES = 16;

/**
 * The bytes of a run's CSV, a piece at a time; each stays as it is until the
 * next is asked for. A run that is saved or deleted meanwhile is read as it was.
 *
 * That it is not the CSV its summary was made of is known when all of it was
 * read, or more than there should be.
 *
 * @throws {StorageError} `RUN_NOT_FOUND`, `RUN_DAMAGED`, `UNSAFE_PATH`
 */
export async function* streamCsv(
  paths: RunPaths,
  access: ReadAccess,
  options: StreamCsvOptions,
): AsyncGenerator<CsvPiece, RunMetrics | undefined> {
  const { csv, metrics } = await openPair(paths, access, options);
  using _csv = csv;
  const { path } = csv;
  const stamp = metrics?.raw_csv;
  const hash = new Xxh32();
  let sizeBytes = 0;
  let isConverted: boolean | undefined;
  for await (const bytes of decompressed(paths, csv)) {
    if (bytes.length === 0) continue;
    isConverted ??= hasLineFeedsAlone(bytes);
    if (stamp !== undefined) {
      const original = isConverted ? withCarriageReturns(bytes) : bytes;
      sizeBytes += original.length;
      if (sizeBytes > stamp.size_bytes) {
        throw damaged(
          paths,
          path,
          `the CSV has over ${stamp.size_bytes} bytes, as its summary says`,
        );
      }
      await runInSlices(hash.update(original), options.signal);
    }
    yield { bytes, path };
  }
  const xxh32 = hash.digest();
  if (
    stamp !== undefined &&
    (stamp.size_bytes !== sizeBytes || stamp.xxh32 !== xxh32)
  ) {
    throw damaged(
      paths,
      path,
      `the CSV has ${sizeBytes} bytes of checksum ${xxh32}, and its summary ` +
        `says ${stamp.size_bytes} of ${stamp.xxh32}`,
    );
  }
  return metrics;
}

/** The chunks; what is wrong with a compressed file is an error of the run. */
async function* decompressed(
  paths: RunPaths,
  csv: OpenCsv,
): AsyncGenerator<Uint8Array> {
  try {
    yield* csv.chunks();
  } catch (error) {
    if (!(error instanceof CompressedDataError)) throw error;
    throw damaged(paths, csv.path, error.message, error);
  }
}

/** Whether the header ends in LF, as git makes of CRLF with text=auto. */
function hasLineFeedsAlone(bytes: Uint8Array): boolean {
  const end = bytes.indexOf(LF);
  return end >= 0 && bytes[end - 1] !== CR;
}

async function openPair(
  paths: RunPaths,
  access: ReadAccess,
  { verify, signal }: StreamCsvOptions,
) {
  const { files } = access;
  for (let tries = 1;; tries++) {
    const summary = verify ? readSummary(paths, files) : undefined;
    if (verify && summary === undefined) throw notFound(paths, paths.summary);
    const csv = await openCsv(paths, access, summary?.metrics, signal);
    try {
      // Unless a save came between the two, they belong together; without a
      // summary one of another codec may have taken the place of the CSV.
      const isSteady = verify
        ? tries === TRIES || !isReplaced(summary, paths, files)
        : csv !== undefined || tries === CSV_LOOKS;
      if (isSteady && csv === undefined) throw notFound(paths, paths.csv);
      if (isSteady) return { csv: csv!, metrics: summary?.metrics };
    } catch (error) {
      csv?.[Symbol.dispose]();
      throw error;
    }
    csv?.[Symbol.dispose]();
  }
}
