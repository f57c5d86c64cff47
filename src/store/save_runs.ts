import { copyLabels } from "../model/labels.ts";
import { formatLocalTime } from "../model/local_time.ts";
import type { RunLabels } from "../model/metrics.ts";
import {
  requireFunction,
  requireOneOf,
  requireOptions,
  requireSignal,
  shown,
} from "../model/options.ts";
import { observed } from "../observe/store_observer.ts";
import {
  columnsOf,
  type LatencyCollector,
} from "../record/latency_collector.ts";
import { runPaths } from "../run/run_paths.ts";
import { type BatchRun, saveBatch } from "../run/save_batch.ts";
import { csvNameBy } from "../run/write_pair.ts";
import type { SavedRun, SaveOptions } from "./metrics_storage.ts";
import { keepLastId } from "./new_run_id.ts";
import type { ResultsDirectory } from "./results_directory.ts";

/** A run for {@linkcode RunStore.saveRuns}. */
export interface RunToSave {
  /** Its id, as of {@linkcode MetricsStorage}. */
  readonly runId: string;
  /** Its measurements: those there are when `saveRuns()` is called. */
  readonly collector: LatencyCollector;
  /**
   * What there is to say of it, kept in its summary.
   *
   * @default {{}}
   */
  readonly labels?: RunLabels;
}

/**
 * Options of {@linkcode RunStore.saveRuns}: those of a single save, but that
 * `ifExists: "fail"` saves none if one is there, and that progress is that of
 * all runs together.
 */
export type SaveRunsOptions = Omit<SaveOptions, "labels">;

/** Saves runs, all or none. */
export async function saveRuns(
  directory: ResultsDirectory,
  runs: readonly RunToSave[],
  options: SaveRunsOptions,
): Promise<SavedRun[]> {
  requireOptions(options);
  const { ifExists = "replace", signal, onProgress } = options;
  requireOneOf("ifExists", ifExists, ["replace", "fail"]);
  requireSignal(signal);
  if (onProgress !== undefined) requireFunction("onProgress", onProgress);
  const batch = batchOf(directory, runs);
  if (batch.length === 0) {
    signal?.throwIfAborted();
    return [];
  }
  await observed(
    directory.observer,
    "save_batch",
    undefined,
    () =>
      directory.changeAll(
        batch.map(({ paths }) => paths.runId),
        () => saveBatch(batch, directory, { ifExists, signal, onProgress }),
      ),
  );
  await directory.sweepOnce();
  keepLastId(directory);
  const csvName = csvNameBy(directory.compression);
  return batch.map(({ paths }) => ({
    summary: paths.summary,
    raw: `${paths.directory}/${csvName}`,
  }));
}

function batchOf(
  directory: ResultsDirectory,
  runs: readonly RunToSave[],
): BatchRun[] {
  if (!Array.isArray(runs)) {
    throw new TypeError(`Runs must be an array: ${shown(runs)}`);
  }
  const timestamp = formatLocalTime(directory.now());
  const runIds = new Set<string>();
  return runs.map((run: RunToSave) => {
    requireOptions(run);
    const paths = runPaths(directory.path, run.runId);
    if (runIds.has(run.runId)) {
      throw new RangeError(
        `Each run must have an id of its own: "${run.runId}"`,
      );
    }
    runIds.add(run.runId);
    const labels = copyLabels(run.labels);
    const columns = columnsOf(run.collector).snapshot();
    return { paths, content: { columns, timestamp, labels } };
  });
}
