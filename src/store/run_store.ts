import type { RunComparison } from "../model/comparison.ts";
import type { StorageError } from "../model/errors.ts";
import { formatLocalTime } from "../model/local_time.ts";
import {
  requireFunction,
  requireOptionalString,
  requireOptions,
  requireSignal,
} from "../model/options.ts";
import type { LatencyCollector } from "../record/latency_collector.ts";
import { openStream } from "../run/open_stream.ts";
import { recoverStreams } from "../run/recover_streams.ts";
import { runPaths } from "../run/run_paths.ts";
import { type Baselines, StoredBaselines } from "./baselines.ts";
import {
  type CompressedRuns,
  compressRuns,
  type CompressRunsOptions,
} from "./compress_runs.ts";
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
  type SavedRun,
  type SaveOptions,
  type SignalOptions,
  storageIn,
} from "./metrics_storage.ts";
import { newRunId } from "./new_run_id.ts";
import { ResultsDirectory, type RunStoreOptions } from "./results_directory.ts";
import { type RunWriter, StreamWriter } from "./run_writer.ts";
import { type RunToSave, saveRuns, type SaveRunsOptions } from "./save_runs.ts";

/** Options of {@linkcode RunStore.recover}. */
export interface RecoverOptions extends SignalOptions {
  /**
   * The only run whose journal is recovered.
   *
   * @default {undefined} all of them
   */
  readonly runId?: string;
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
  /** Runs under a name, and runs that are kept. */
  readonly baselines: Baselines;

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
    this.baselines = new StoredBaselines(this.#directory);
  }

  static {
    storeOver = (directory) =>
      new RunStore(directory.path, directory as RunStoreOptions);
  }

  /**
   * How long the store's own operations took, if it observes them: a collector
   * as any other, so that the storage can be saved and judged like a bench. The
   * metric types are `save`, `save_batch`, `close` (of a stream), `load`,
   * `delete`, `commit` (of one run) and `lock_wait`, the satellite is `storage`,
   * the simulation time are seconds since the store was made.
   *
   * @example Keep an eye on the disk
   * ```ts
   * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const store = new RunStore(await Deno.makeTempDir(), {
   *   observe: { factor: 5, alert: (it) => console.warn("slow storage", it) },
   * });
   * const collector = new LatencyCollector();
   * collector.recordFaultDetection("SAT1", 120.5, 75.2);
   * await store.run("run_1").saveLatencyStats(collector);
   * assertEquals(store.observations?.metricTypes, ["commit", "save"]);
   * await Deno.remove(store.resultsDir, { recursive: true });
   * ```
   */
  get observations(): LatencyCollector | undefined {
    return this.#directory.observer?.observations;
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
   * An id for a new run: `thermal_20261125T180023123Z_5f0a` of the prefix
   * `"thermal"`, by the UTC time to the millisecond.
   *
   * It sorts after every id that was given in this directory with the same
   * prefix, by this process or, as far as `.staging` can be written, another
   * one, also where clocks have gone back. Only a save with `ifExists: "fail"`
   * reserves it.
   *
   * @param prefix What the id begins with; nothing by default.
   * @throws {StorageError} `INVALID_RUN_ID`: the prefix cannot begin one.
   * @throws {TypeError} The prefix is not a string.
   * @throws {RangeError} The clock gives no Unix time in seconds.
   *
   * @example Two sessions in one second lose no run
   * ```ts
   * import { RunStore } from "@astraguard/hil-metrics";
   * import { assert } from "@std/assert";
   *
   * const store = new RunStore(await Deno.makeTempDir());
   * const first = store.newRunId("thermal");
   * assert(first < store.newRunId("thermal"));
   * await Deno.remove(store.resultsDir, { recursive: true });
   * ```
   */
  newRunId(prefix?: string): string {
    requireOptionalString("prefix", prefix);
    return newRunId(this.#directory, prefix);
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
    const { signal, runId, onUnreadable } = options;
    requireSignal(signal);
    requireOptionalString("runId", runId);
    if (onUnreadable !== undefined) {
      requireFunction("onUnreadable", onUnreadable);
    }
    const directory = this.#directory;
    const failures: StorageError[] = [];
    const runIds = await recoverStreams(directory.path, directory, {
      timestamp: formatLocalTime(directory.now()),
      signal,
      runId,
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
   * Saves many runs, all of them or none for whoever reads them with this
   * package: from the commit on it sees every one, whatever dies. Another
   * program sees them appear one by one, over milliseconds. A hundred small runs
   * take less than half the time of as many single saves one after the other.
   *
   * @param runs The runs, each of another id; those that are there are
   * replaced. Measurements may be recorded meanwhile.
   * @returns The absolute paths of the files of each, in the order given.
   * @throws {StorageError} `COMMITTED_NOT_PUBLISHED`: all are saved, but a step
   * after that failed. With any other code nothing has changed: `RUN_EXISTS`
   * where `ifExists` is `"fail"`, `INVALID_RUN_ID`, and those of
   * {@linkcode MetricsStorage.saveLatencyStats}.
   * @throws {TypeError} One is not a collector of this copy of the package, or
   * an option is of the wrong type or none of its values.
   * @throws {RangeError} An id is there twice, `labels` has more than 64 KiB as
   * JSON, or the clock gives no Unix time in seconds.
   *
   * @example A sweep over three gains
   * ```ts
   * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const store = new RunStore(await Deno.makeTempDir());
   * await store.saveRuns([1, 2, 4].map((gain) => {
   *   const collector = new LatencyCollector();
   *   collector.recordFaultDetection("SAT1", 120.5, 80 / gain);
   *   return { runId: `gain_${gain}`, collector, labels: { gain: `${gain}` } };
   * }));
   * const { metrics } = await store.compareRuns("gain_4", "gain_1");
   * assertEquals(metrics.fault_detection?.diff_ms, -60);
   * await Deno.remove(store.resultsDir, { recursive: true });
   * ```
   */
  async saveRuns(
    runs: readonly RunToSave[],
    options: SaveRunsOptions = {},
  ): Promise<SavedRun[]> {
    return await saveRuns(this.#directory, runs, options);
  }

  /**
   * Compresses the measurements of runs that were finished before a time, one
   * after the other, each by the same commit as a save: bytes are moved, not
   * rows, so that columns of others stay, and so do unknown keys of summaries
   * and the time by which a run is listed. A run that is damaged, or whose
   * summary was written by hand, is left as it is.
   *
   * @throws {StorageError} As of {@linkcode MetricsStorage.saveLatencyStats};
   * runs before that one are compressed.
   * @throws {TypeError} An option is of the wrong type.
   *
   * @example Make room
   * ```ts
   * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const store = new RunStore(await Deno.makeTempDir());
   * const collector = new LatencyCollector();
   * collector.recordFaultDetection("SAT1", 120.5, 75.2);
   * await store.run("run_1").saveLatencyStats(collector);
   * const inAnHour = new Date(Date.now() + 3_600_000);
   * assertEquals(await store.compressRuns({ olderThan: inAnHour }), {
   *   compressed: ["run_1"],
   *   skipped: [],
   * });
   * assertEquals((await store.run("run_1").loadMeasurements()).length, 1);
   * await Deno.remove(store.resultsDir, { recursive: true });
   * ```
   */
  async compressRuns(options: CompressRunsOptions): Promise<CompressedRuns> {
    return await compressRuns(this.#directory, options);
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
