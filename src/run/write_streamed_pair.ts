import { removeIfThere } from "../disk/remove_if_there.ts";
import type { FileAccess, FileOperations } from "../disk/file_operations.ts";
import { writeFile } from "../disk/write_file.ts";
import { CsvEncoder } from "../formats/csv/csv_encoder.ts";
import { JournalDecoder } from "../formats/journal/journal_decoder.ts";
import { encodeSummary } from "../formats/summary/summary_encoder.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import { throwIfAborted } from "../model/interruption.ts";
import type { RawCsvStamp, RunLabels } from "../model/metrics.ts";
import { tellProgress } from "../model/progress.ts";
import type { RunStatistics } from "../statistics/run_statistics.ts";
import {
  type RowsInPasses,
  SummaryInPasses,
} from "../statistics/summary_in_passes.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { damagedJournal } from "./failures.ts";
import { readJournal } from "./read_journal.ts";
import {
  CSV_NAME,
  JOURNAL_NAME,
  RECORD_NAME,
  SUMMARY_NAME,
} from "./run_paths.ts";
import type { WritePairOptions } from "./write_pair.ts";

/** What a run's files are written from when its rows are in a journal. */
export interface StreamedPair extends RowsInPasses {
  readonly runId: string;
  /** Local time, ISO 8601. */
  readonly timestamp: string;
  readonly labels: RunLabels | undefined;
  /** Whether the journal was cut off. */
  readonly incomplete: boolean;
}

/**
 * Writes both files of a run beside its journal, in memory that does not grow
 * with it: the CSV in the first pass over the journal, which the statistics
 * make as well.
 *
 * @param directory That of the stream; what was left of an earlier try is
 * removed, and so is what was written where this one fails.
 */
export async function writeStreamedPair(
  directory: string,
  pair: StreamedPair,
  access: FileAccess,
  options: WritePairOptions,
): Promise<void> {
  await removePair(directory, access.files);
  try {
    await writeBoth(directory, pair, access, options);
  } catch (error) {
    // On a full disk others need the room. An error here would hide the other.
    await removePair(directory, access.files).catch(() => {});
    throw error;
  }
}

async function removePair(
  directory: string,
  files: FileOperations,
): Promise<void> {
  for (const name of [CSV_NAME, SUMMARY_NAME, RECORD_NAME]) {
    await removeIfThere(`${directory}/${name}`, files);
  }
}

async function writeBoth(
  directory: string,
  pair: StreamedPair,
  { files, sync }: FileAccess,
  options: WritePairOptions,
): Promise<void> {
  const { signal } = options;
  const passes = new SummaryInPasses(pair);
  await runInSlices(passes.begin(), signal);
  const hash = new Xxh32();
  const stamp = { size_bytes: 0 };
  await writeFile(
    create(`${directory}/${CSV_NAME}`, files),
    firstPass(directory, pair, passes, hash, stamp, files, options),
    sync,
  );
  while (await runInSlices(passes.endPass(), signal)) {
    for await (
      const { block, count } of rowsOf(directory, pair, files, signal)
    ) {
      await runInSlices(passes.take(block, count), signal);
    }
  }
  const statistics = await runInSlices(passes.statistics(), signal);
  const rawCsv = { ...stamp, xxh32: hash.digest() };
  await writeFile(
    create(`${directory}/${SUMMARY_NAME}`, files),
    summaryOf(pair, statistics, rawCsv, signal),
    sync,
  );
}

/** The chunks of the CSV, while the rows are added up. */
async function* firstPass(
  directory: string,
  pair: StreamedPair,
  passes: SummaryInPasses,
  hash: Xxh32,
  stamp: { size_bytes: number },
  files: FileOperations,
  { signal, onProgress }: WritePairOptions,
): AsyncGenerator<Uint8Array> {
  let rows = 0;
  const encoder = new CsvEncoder(pair.series, {
    onRows: (count) => {
      rows = count;
    },
  });
  const stamped = async (chunk: Uint8Array) => {
    await runInSlices(hash.update(chunk), signal);
    stamp.size_bytes += chunk.length;
    tellProgress(onProgress, {
      ...{ rows, totalRows: pair.rows },
      ...{ bytes: stamp.size_bytes, totalBytes: undefined },
    });
    return chunk;
  };
  for await (const { block, count } of rowsOf(directory, pair, files, signal)) {
    await runInSlices(passes.take(block, count), signal);
    for (const chunk of encoder.push(block, count)) {
      yield chunk.length === 0 ? chunk : await stamped(chunk);
    }
  }
  yield await stamped(encoder.finish());
}

/** The rows of the journal, which have to be those that were counted. */
async function* rowsOf(
  directory: string,
  { rows, series }: StreamedPair,
  files: FileOperations,
  signal: AbortSignal | undefined,
): ReturnType<typeof readJournal> {
  const path = `${directory}/${JOURNAL_NAME}`;
  const decoder = new JournalDecoder();
  yield* readJournal(path, decoder, files, signal);
  if (decoder.rows === rows && decoder.series.length === series.length) return;
  throw damagedJournal(
    path,
    `there are ${decoder.rows} rows that are whole, and there were ${rows}`,
  );
}

function* summaryOf(
  pair: StreamedPair,
  statistics: RunStatistics,
  rawCsv: RawCsvStamp,
  signal: AbortSignal | undefined,
): Generator<Uint8Array> {
  const { runId, timestamp, rows, labels, incomplete } = pair;
  const content = { runId, timestamp, statistics, rawCsv, labels, incomplete };
  for (
    const chunk of encodeSummary({ ...content, totalMeasurements: rows })
  ) {
    throwIfAborted(signal);
    yield chunk;
  }
}

function create(path: string, files: FileOperations): Promise<Deno.FsFile> {
  return files.open(path, { write: true, createNew: true });
}
