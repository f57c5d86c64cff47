import type { CsvCodec } from "../formats/csv_codec.ts";
import { gzip } from "../formats/gzip.ts";
import { requireCodec } from "../formats/require_codec.ts";
import { requireOptions, requireSignal } from "../model/options.ts";
import { compressRun } from "../run/compress_run.ts";
import { runPaths } from "../run/run_paths.ts";
import { findRecentRuns, type ListRunsOptions } from "./find_runs.ts";
import type { ResultsDirectory } from "./results_directory.ts";

/** Options of {@linkcode RunStore.compressRuns}. */
export interface CompressRunsOptions
  extends Pick<ListRunsOptions, "prefix" | "labels" | "onUnreadable"> {
  /** Runs whose summary was last written before that. */
  readonly olderThan: Date;
  /**
   * What to compress with.
   *
   * @default the store's own compression, or `gzip`
   */
  readonly compression?: CsvCodec;
  /**
   * Ends it between two runs or within one, which then is as it was.
   *
   * @default {undefined} it is not ended
   */
  readonly signal?: AbortSignal;
  /**
   * Is told after each run how many are done, of how many.
   *
   * @default {undefined} nobody is told
   */
  readonly onProgress?: (progress: CompressRunsProgress) => void;
}

/** How far {@linkcode RunStore.compressRuns} has come. */
export interface CompressRunsProgress {
  /** Runs that were looked at. */
  readonly runs: number;
  /** Runs there are. */
  readonly totalRuns: number;
}

/** What {@linkcode RunStore.compressRuns} has done. */
export interface CompressedRuns {
  /** Ids of the runs that are compressed now and were not before. */
  readonly compressed: readonly string[];
  /** Those that were left as they are, and why. */
  readonly skipped: readonly {
    readonly runId: string;
    readonly reason: string;
  }[];
}

/** Compresses runs that were finished before a time. */
export async function compressRuns(
  directory: ResultsDirectory,
  options: CompressRunsOptions,
): Promise<CompressedRuns> {
  requireOptions(options);
  const { olderThan, signal, onProgress, ...selection } = options;
  if (olderThan === undefined) {
    throw new TypeError("olderThan must be a Date: undefined");
  }
  const { compression = directory.compression ?? gzip, ...others } = selection;
  requireCodec("compression", compression);
  requireSignal(signal);
  const runIds = await findRecentRuns(directory, {
    ...others,
    until: olderThan,
    limit: Infinity,
  });
  const compressed: string[] = [];
  const skipped: { runId: string; reason: string }[] = [];
  for (const [index, runId] of runIds.entries()) {
    signal?.throwIfAborted();
    const reason = await directory.change(
      runId,
      () =>
        compressRun(
          runPaths(directory.path, runId),
          directory,
          compression,
          signal,
        ),
    );
    if (reason === undefined) compressed.push(runId);
    else skipped.push({ runId, reason });
    onProgress?.({ runs: index + 1, totalRuns: runIds.length });
  }
  return { compressed, skipped };
}
