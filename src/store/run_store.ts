import type { RunComparison } from "../model/comparison.ts";
import type { StorageError } from "../model/errors.ts";
import { formatLocalTime } from "../model/local_time.ts";
import {
  requireFunction,
  requireOptions,
  requireSignal,
} from "../model/options.ts";
import { openStream } from "../run/open_stream.ts";
import { recoverStreams } from "../run/recover_streams.ts";
import { runPaths } from "../run/run_paths.ts";
import {
  findRecentRuns,
  findRuns,
  type ListRunsOptions,
  type StoredRun,
} from "./find_runs.ts";
import {
  checkSaveOptions,
  type CompareRunsOptions,
  type MetricsStorage,
  type SaveOptions,
  type SignalOptions,
  storageIn,
} from "./metrics_storage.ts";
import { ResultsDirectory, type RunStoreOptions } from "./results_directory.ts";
import { type RunWriter, StreamWriter } from "./run_writer.ts";

/** Options of {@linkcode RunStore.recover}. */
export interface RecoverOptions extends SignalOptions {
  /**
   * Called for a journal that cannot be recovered, which stays as it is.
   * Without it, the others are recovered and the first such error is thrown.
   */
  readonly onUnreadable?: (error: StorageError) => void;
}

/** A store over a directory that somebody has. */
export let storeOver: (directory: ResultsDirectory) => RunStore;

/**
 * A directory of runs. Stores of one directory share what this process has
 * read of it and who waits for whom, however the directory is spelled.
 *
 * @example List and compare
 * ```ts
 * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const resultsDir = await Deno.makeTempDir();
 * const store = new RunStore(resultsDir);
 * for (const [runId, durationMs] of [["run_1", 80], ["run_2", 75]] as const) {
 *   const collector = new LatencyCollector();
 *   collector.recordFaultDetection("SAT1", 120.5, durationMs);
 *   await store.run(runId).saveLatencyStats(collector, {
 *     labels: { firmware: "2.1" },
 *   });
 * }
 * const means: (number | undefined)[] = [];
 * for await (
 *   const { metrics } of store.runs({
 *     orderBy: "name",
 *     labels: { firmware: "2.1" },
 *   })
 * ) means.push(metrics.stats.fault_detection?.mean_ms);
 * assertEquals(means, [75, 80]);
 *
 * const { metrics } = await store.compareRuns("run_2", "run_1");
 * assertEquals(metrics.fault_detection?.diff_ms, -5);
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 */
export class RunStore {
  readonly #directory: ResultsDirectory;

  /**
   * Makes a store; touches no file.
   *
   * @param resultsDir The directory that holds a directory for each run; made
   * when something is saved. A relative path is taken from the working
   * directory there is now.
   * @throws {StorageError} `IO_FAILED`: `resultsDir` is relative, and the
   * working directory is gone.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   * @throws {RangeError} `lockTimeoutMs` is negative or no number.
   */
  constructor(resultsDir: string, options: RunStoreOptions = {}) {
    this.#directory = options instanceof ResultsDirectory
      ? options
      : new ResultsDirectory(resultsDir, options);
  }

  static {
    storeOver = (directory) =>
      new RunStore(directory.path, directory as RunStoreOptions);
  }

  /** Absolute path of the directory. */
  get resultsDir(): string {
    return this.#directory.path;
  }

  /**
   * The storage of one run; touches no file.
   *
   * @throws {StorageError} `INVALID_RUN_ID`, as of {@linkcode MetricsStorage}.
   */
  run(runId: string): MetricsStorage {
    return storageIn(this.#directory, runId);
  }

  /**
   * Streams a run to disk while it is being measured: what was appended
   * survives the process, and takes no memory.
   *
   * @param options As of a save; `ifExists` is looked at now and when the run
   * is closed, `onProgress` is told how far the closing has come, and `signal`
   * ends what is being appended or closed, and keeps what was.
   * @throws {StorageError} `LOCKED`: the run is being streamed already.
   * `INVALID_RUN_ID`, or as of `saveLatencyStats()`; nothing is left behind.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   * @throws {RangeError} `labels` has more than 64 KiB as JSON.
   *
   * @example One collector, taken batch by batch
   * ```ts
   * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const resultsDir = await Deno.makeTempDir();
   * const store = new RunStore(resultsDir);
   * {
   *   await using writer = await store.openRun("thermal_cascade_002");
   *   for (let batch = 0; batch < 3; batch++) {
   *     const collector = new LatencyCollector();
   *     collector.recordFaultDetection("SAT1", 120.5 + batch, 75.2);
   *     await writer.append(collector);
   *   }
   *   await writer.close();
   * }
   * const metrics = await store.run("thermal_cascade_002").getRunMetrics();
   * assertEquals(metrics?.total_measurements, 3);
   * await Deno.remove(resultsDir, { recursive: true });
   * ```
   */
  async openRun(runId: string, options: SaveOptions = {}): Promise<RunWriter> {
    const directory = this.#directory;
    const checked = checkSaveOptions(options);
    const paths = runPaths(directory.path, runId);
    const stream = await openStream(paths, directory, checked);
    return new StreamWriter(stream, paths, directory, checked);
  }

  /**
   * Makes runs of the journals that processes have left behind: with all whole
   * batches, and `incomplete: true` in the summary unless they were being
   * closed. A journal that is being written is left alone, and no run is
   * replaced: where there is one by now, the recovered run is called
   * `<run id>_recovered`, or `_recovered_2` and so on.
   *
   * @returns The ids of the runs that were made.
   * @throws {StorageError} `RUN_DAMAGED`: a journal is damaged, at the byte that
   * the message names, or of another version. `UNSAFE_PATH`, `NO_SPACE`,
   * `PERMISSION_DENIED`, `IO_FAILED`. It can be tried again.
   * @throws {TypeError} An option is of the wrong type.
   *
   * @example After a crash
   * ```ts
   * import { RunStore } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const resultsDir = await Deno.makeTempDir();
   * const store = new RunStore(resultsDir);
   * {
   *   await using writer = await store.openRun("run_1");
   *   await writer.append([{
   *     metricType: "downlink",
   *     satelliteId: "SAT1",
   *     durationMs: 12.5,
   *     scenarioTimeS: 3,
   *   }]);
   * }
   * assertEquals(await store.recover(), ["run_1"]);
   * const metrics = await store.run("run_1").getRunMetrics();
   * assertEquals(metrics?.incomplete, true);
   * await Deno.remove(resultsDir, { recursive: true });
   * ```
   */
  async recover(options: RecoverOptions = {}): Promise<string[]> {
    requireOptions(options);
    const { signal, onUnreadable } = options;
    requireSignal(signal);
    if (onUnreadable !== undefined) {
      requireFunction("onUnreadable", onUnreadable);
    }
    const directory = this.#directory;
    const failures: StorageError[] = [];
    const runIds = await recoverStreams(directory.path, directory, {
      timestamp: formatLocalTime(directory.now()),
      signal,
      onUnreadable: onUnreadable ?? ((error) => failures.push(error)),
    });
    for (const runId of runIds) {
      // Whoever has read it before reads it again.
      await directory.change(runId, () => Promise.resolve());
    }
    if (failures.length > 0) throw failures[0];
    return runIds;
  }

  /**
   * Runs that have a summary, with it, newest first, ties by id in descending
   * order; each is read when it is reached. What is kept meanwhile are ids, of
   * up to 65,536 runs at once. A run that is saved while the listing goes on may
   * be left out, or be read as it is by then.
   *
   * A run that vanishes meanwhile or cannot be looked at is left out, and so
   * are links. A missing directory has no runs.
   *
   * @throws {StorageError} `PERMISSION_DENIED`, `IO_FAILED`: the directory
   * cannot be read; or, without `onUnreadable`, a summary cannot be.
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   */
  runs(options: ListRunsOptions = {}): AsyncGenerator<StoredRun> {
    return findRuns(this.#directory, options);
  }

  /**
   * Ids of the most recent runs, ten unless told otherwise, as
   * {@linkcode RunStore.runs} finds them. Without `labels`
   * and `incomplete` no summary is read.
   *
   * @throws {StorageError} As of {@linkcode RunStore.runs}.
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   */
  async recentRuns(options: ListRunsOptions = {}): Promise<string[]> {
    return await findRecentRuns(this.#directory, options);
  }

  /**
   * Two runs side by side, as of {@linkcode MetricsStorage.compareRuns}.
   *
   * @param runId The run whose figures are "this".
   * @param otherRunId The one it is compared with.
   * @throws {StorageError} `RUN_NOT_FOUND`: one of them has no summary.
   */
  async compareRuns(
    runId: string,
    otherRunId: string,
    options: CompareRunsOptions = {},
  ): Promise<RunComparison> {
    return await this.run(runId).compareRuns(otherRunId, options);
  }
}
