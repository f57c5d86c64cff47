import { compareMetrics } from "../compare/compare_metrics.ts";
import type { RunComparison } from "../model/comparison.ts";
import { copyLabels } from "../model/labels.ts";
import { formatLocalTime } from "../model/local_time.ts";
import type { RunLabels, RunMetrics } from "../model/metrics.ts";
import {
  requireBoolean,
  requireFunction,
  requireOneOf,
  requireOptions,
  requireSignal,
} from "../model/options.ts";
import type { OnProgress } from "../model/progress.ts";
import { observed } from "../observe/store_observer.ts";
import {
  collectorOf,
  columnsOf,
  type LatencyCollector,
} from "../record/latency_collector.ts";
import { deleteRun } from "../run/delete_run.ts";
import { notFound, runFailure } from "../run/failures.ts";
import { type LoadedColumns, loadRun } from "../run/load_run.ts";
import { type MeasurementBatch, readBatches } from "../run/read_batches.ts";
import { repairRun, type RunRepair } from "../run/repair_run.ts";
import { type RunPaths, runPaths } from "../run/run_paths.ts";
import { saveRun, type SaveRunOptions } from "../run/save_run.ts";
import { streamCsv } from "../run/stream_csv.ts";
import { csvNameBy } from "../run/write_pair.ts";
import { type RunVerification, verifyRun } from "../run/verify_run.ts";
import { turns } from "../event_loop/turns.ts";
import "./export_csv.ts";
import { findRecentRuns, type ListRunsOptions } from "./find_runs.ts";
import { keepLastId } from "./new_run_id.ts";
import {
  finishAbandonedCommit,
  readMetrics,
  revalidateMetrics,
} from "./read_metrics.ts";
import {
  DEFAULT_RESULTS_DIR,
  ResultsDirectory,
  type RunStoreOptions,
} from "./results_directory.ts";
import type { CachedSummary } from "./summary_cache.ts";

const USE_CACHE = [true, false, "revalidate"];

/** Options of a {@linkcode MetricsStorage}. */
export interface MetricsStorageOptions extends RunStoreOptions {
  /**
   * The directory that holds a directory for each run; made when something is
   * saved. A relative path is taken from the working directory there is when
   * the storage is made.
   *
   * @default {"astraguard/hil/results"}
   */
  readonly resultsDir?: string;
}

/** What may end something that takes time. */
export interface SignalOptions {
  /**
   * Ends it as soon as it is aborted, with the signal's reason as the error: the
   * run is as it was then, and nothing is left behind but directories that were
   * made. A repair that has finished a commit has done so.
   *
   * @default {undefined} it is not ended
   */
  readonly signal?: AbortSignal;
}

/** Options of {@linkcode MetricsStorage.saveLatencyStats}. */
export interface SaveOptions extends SignalOptions {
  /**
   * What becomes of a run that is there: `"replace"` puts the new one in its
   * place, `"fail"` leaves it alone. Of several that save a new run with
   * `"fail"` at once, in one process or many, one does.
   *
   * @default {"replace"}
   */
  readonly ifExists?: "replace" | "fail";
  /**
   * What there is to say of the run, kept in its summary in place of what was
   * said before.
   *
   * @default {{}}
   */
  readonly labels?: RunLabels;
  /**
   * Is told how far the save has come, every 128 KiB of the CSV; what it throws
   * ends the save, and is its error.
   *
   * @default {undefined} nobody is told
   */
  readonly onProgress?: OnProgress;
}

/** Options of {@linkcode MetricsStorage.getRunMetrics}. */
export interface GetRunMetricsOptions {
  /**
   * Whether a summary that was read before may be handed out. `true`: without a
   * look at the file, if this storage has read it and nothing in this process
   * has saved, deleted or repaired the run since. `"revalidate"`: if the file
   * has not changed since somebody in this process read it. `false`: never.
   *
   * @default {true}
   */
  readonly useCache?: boolean | "revalidate";
}

/** Options of {@linkcode MetricsStorage.compareRuns}. */
export interface CompareRunsOptions {
  /**
   * As in {@linkcode GetRunMetricsOptions}, for both runs.
   *
   * @default {"revalidate"}
   */
  readonly useCache?: boolean | "revalidate";
}

/** Options of {@linkcode MetricsStorage.loadMeasurements}. */
export interface LoadMeasurementsOptions extends SignalOptions {
  /**
   * Whether the CSV must be the one that the summary was made of: same size
   * and checksum (line ends that git has converted aside), or for a run of the
   * original the same number of rows. Without, the summary is not even looked
   * at.
   *
   * @default {true}
   */
  readonly verify?: boolean;
  /**
   * Is told how far the load has come, every 512 KiB of the CSV; what it throws
   * ends the load, and is its error.
   *
   * @default {undefined} nobody is told
   */
  readonly onProgress?: OnProgress;
}

/** Where {@linkcode MetricsStorage.saveLatencyStats} has put a run. */
export interface SavedRun {
  /** Absolute path of the summary (`latency_summary.json`). */
  readonly summary: string;
  /**
   * Absolute path of the measurements (`latency_raw.csv`, or with compression
   * `latency_raw.csv.gz`).
   */
  readonly raw: string;
}

/** A run with its measurements: what {@linkcode MetricsStorage.load} gives. */
export interface LoadedRun {
  /** Its measurements, in a collector of its own. */
  readonly measurements: LatencyCollector;
  /** Its id. */
  readonly runId: string;
  /** When it was saved: local time, ISO 8601 with microseconds, no offset. */
  readonly timestamp: string;
  /** What was said of it; `{}` where nothing was. */
  readonly labels: RunLabels;
  /** Whether it was cut off while it was recorded. */
  readonly incomplete: boolean;
}

/** A storage in a directory that somebody has. */
export let storageIn: (
  directory: ResultsDirectory,
  runId: string,
) => MetricsStorage;

/**
 * Keeps a run: its measurements in `<resultsDir>/<runId>/latency_raw.csv` and
 * their summary in `latency_summary.json` beside it, in the formats of the
 * Python original, byte for byte.
 *
 * A run is saved as a whole or not at all: whoever reads it sees the pair of
 * before or the new one, whenever the process dies. Needs `--allow-read` and,
 * to save, `--allow-write` for the results directory; the save that makes that
 * directory needs to write those above it that it makes, and to read the one
 * above these.
 *
 * Whatever goes wrong on disk is a {@linkcode StorageError}; its
 * {@linkcode StorageErrorCode} says what it was. An option of a wrong type is a
 * `TypeError`, a number out of its range a `RangeError`.
 *
 * @example Save a run and read it back
 * ```ts
 * import { LatencyCollector, MetricsStorage } from "@astraguard/hil-metrics";
 * import { assertEquals } from "@std/assert";
 *
 * const resultsDir = await Deno.makeTempDir();
 * const collector = new LatencyCollector();
 * collector.recordFaultDetection("SAT1", 120.5, 75.2);
 *
 * const storage = new MetricsStorage("thermal_cascade_002", { resultsDir });
 * await storage.saveLatencyStats(collector);
 *
 * const metrics = await storage.getRunMetrics();
 * assertEquals(metrics?.stats.fault_detection?.mean_ms, 75.2);
 * assertEquals(await MetricsStorage.getRecentRuns(resultsDir), [
 *   "thermal_cascade_002",
 * ]);
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 */
export class MetricsStorage {
  readonly #directory: ResultsDirectory;
  readonly #paths: RunPaths;
  #known: CachedSummary | undefined;
  /** The run that this one was compared with last. */
  #other: MetricsStorage | undefined;

  /**
   * Makes a storage for one run; touches no file.
   *
   * @param runId Name of the run's directory: at most 255 bytes of UTF-8
   * without path separators or control characters, not starting with a dot.
   * @throws {StorageError} `INVALID_RUN_ID`: it is not such a name.
   * `IO_FAILED`: `resultsDir` is relative, and the working directory is gone.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   * @throws {RangeError} `lockTimeoutMs` is negative or no number.
   */
  constructor(runId: string, options: MetricsStorageOptions = {}) {
    this.#directory = options instanceof ResultsDirectory
      ? options
      : new ResultsDirectory(
        options?.resultsDir === undefined
          ? DEFAULT_RESULTS_DIR
          : options.resultsDir,
        options,
      );
    this.#paths = runPaths(this.#directory.path, runId);
  }

  static {
    storageIn = (directory, runId) =>
      new MetricsStorage(runId, directory as MetricsStorageOptions);
  }

  /** The run it keeps. */
  get runId(): string {
    return this.#paths.runId;
  }

  /**
   * Saves the measurements there are when it is called, and their statistics,
   * in place of what the run had. Measurements may be recorded meanwhile.
   *
   * @returns The absolute paths of both files.
   * @throws {StorageError} `COMMITTED_NOT_PUBLISHED`: the run is saved, but a
   * step after that failed. With any other code nothing has changed:
   * `RUN_EXISTS` where `ifExists` is `"fail"`, `TOO_LARGE`, `NO_SPACE`,
   * `PERMISSION_DENIED`, `UNSAFE_PATH`, `LOCKED`, `IO_FAILED`.
   * @throws {TypeError} It is not a collector of this copy of the package, or
   * an option is of the wrong type or none of its values.
   * @throws {RangeError} `labels` has more than 64 KiB as JSON, or the clock
   * gives no Unix time in seconds.
   */
  async saveLatencyStats(
    collector: LatencyCollector,
    options: SaveOptions = {},
  ): Promise<SavedRun> {
    const directory = this.#directory;
    const { labels, ...how } = checkSaveOptions(options);
    const columns = columnsOf(collector).snapshot();
    const timestamp = formatLocalTime(directory.now());
    const content = { columns, timestamp, labels };
    await observed(
      directory.observer,
      "save",
      this.runId,
      () =>
        directory.change(
          this.runId,
          () => saveRun(this.#paths, content, directory, how),
        ),
    );
    await directory.sweepOnce();
    keepLastId(directory);
    const csvName = csvNameBy(directory.compression);
    return {
      summary: this.#paths.summary,
      raw: `${this.#paths.directory}/${csvName}`,
    };
  }

  /**
   * The run's summary, deeply frozen, or null where there is none.
   *
   * @throws {StorageError} `RUN_DAMAGED`: the file is not a summary.
   * `UNSAFE_PATH`, `PERMISSION_DENIED`, `IO_FAILED`: it cannot be read.
   * @throws {TypeError} `useCache` is none of its values.
   */
  async getRunMetrics(
    options: GetRunMetricsOptions = {},
  ): Promise<RunMetrics | null> {
    requireOptions(options);
    const { useCache = true } = options;
    requireOneOf("useCache", useCache, USE_CACHE);
    if (useCache === true && this.#known?.since.isOver === false) {
      return this.#known.metrics;
    }
    // Many that are read at once hold the event loop together.
    if (turns.isOver) await turns.next();
    try {
      this.#known = useCache === false
        ? readMetrics(this.#paths, this.#directory)
        : revalidateMetrics(this.#paths, this.#directory);
    } catch (error) {
      throw runFailure(this.#paths, "read", error);
    }
    if (this.#known?.pending) {
      await finishAbandonedCommit(this.#paths, this.#directory);
    }
    return this.#known?.metrics ?? null;
  }

  /**
   * The run's measurements, read from its CSV.
   *
   * @returns A collector of its own, which may be added to.
   * @throws {StorageError} `RUN_NOT_FOUND`: there is no CSV, or no summary to
   * verify it by. `RUN_DAMAGED`: it has a wrong line, which the message names,
   * or is not the one that the summary was made of; one that is larger than its
   * summary says is not read. `UNSAFE_PATH`, `PERMISSION_DENIED`, `IO_FAILED`.
   * @throws {TypeError} An option is of the wrong type.
   */
  async loadMeasurements(
    options: LoadMeasurementsOptions = {},
  ): Promise<LatencyCollector> {
    requireOptions(options);
    const { verify = true, ...others } = options;
    requireBoolean("verify", verify);
    return collectorOf((await this.#load(verify, others)).columns);
  }

  /**
   * The run's measurements, verified, with what its summary says of it: what
   * `judge()` of `@astraguard/hil-metrics/judge` takes.
   *
   * @throws {StorageError} As of {@linkcode MetricsStorage.loadMeasurements}.
   * @throws {TypeError} An option is of the wrong type.
   *
   * @example Take a run to the judge
   * ```ts
   * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const store = new RunStore(await Deno.makeTempDir());
   * const collector = new LatencyCollector();
   * collector.recordFaultDetection("SAT1", 120.5, 75.2);
   * const run = store.run("run_1");
   * await run.saveLatencyStats(collector, { labels: { host: "rig-2" } });
   * const { measurements, labels } = await run.load();
   * assertEquals([measurements.length, labels], [1, { host: "rig-2" }]);
   * await Deno.remove(store.resultsDir, { recursive: true });
   * ```
   */
  async load(
    options: Omit<LoadMeasurementsOptions, "verify"> = {},
  ): Promise<LoadedRun> {
    requireOptions(options);
    const { columns, metrics } = await this.#load(true, options);
    return {
      measurements: collectorOf(columns),
      runId: this.runId,
      timestamp: metrics!.timestamp,
      labels: metrics!.labels ?? {},
      incomplete: metrics!.incomplete ?? false,
    };
  }

  /**
   * The run's measurements as columns, a batch at a time, in memory that does
   * not grow with them: nothing is read that nobody asks for. A run that is
   * saved or deleted meanwhile is read as it was.
   *
   * With `verify`, that they are not those that the summary was made of is
   * known only at the end: whoever acts on batches before it has to reckon with
   * the error.
   *
   * @throws {StorageError} As of {@linkcode MetricsStorage.loadMeasurements},
   * when a batch is asked for.
   * @throws {TypeError} An option is of the wrong type.
   *
   * @example Add up without loading
   * ```ts
   * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const resultsDir = await Deno.makeTempDir();
   * const run = new RunStore(resultsDir).run("run_1");
   * const collector = new LatencyCollector();
   * for (let i = 0; i < 100; i++) collector.recordFaultDetection("SAT1", i, 2);
   * await run.saveLatencyStats(collector);
   *
   * let sumMs = 0;
   * for await (const { durationsMs } of run.batches()) {
   *   for (const durationMs of durationsMs) sumMs += durationMs;
   * }
   * assertEquals(sumMs, 200);
   * await Deno.remove(resultsDir, { recursive: true });
   * ```
   */
  batches(
    options: LoadMeasurementsOptions = {},
  ): AsyncGenerator<MeasurementBatch, void, void> {
    requireOptions(options);
    const { verify = true, signal, onProgress } = options;
    requireBoolean("verify", verify);
    requireSignal(signal);
    if (onProgress !== undefined) requireFunction("onProgress", onProgress);
    const how = { verify, signal, onProgress };
    return loading(this.#paths, readBatches(this.#paths, this.#directory, how));
  }

  /**
   * The bytes of the run's CSV, which are read as they are asked for; the rest
   * is as of {@linkcode MetricsStorage.batches}.
   *
   * @throws {TypeError} An option is of the wrong type.
   *
   * @example Serve a run
   * ```ts
   * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
   * import { assertMatch } from "@std/assert";
   *
   * const resultsDir = await Deno.makeTempDir();
   * const run = new RunStore(resultsDir).run("run_1");
   * await run.saveLatencyStats(new LatencyCollector());
   * const response = new Response(run.csvStream());
   * assertMatch(await response.text(), /^timestamp,metric_type,/);
   * await Deno.remove(resultsDir, { recursive: true });
   * ```
   */
  csvStream(
    options: Omit<LoadMeasurementsOptions, "onProgress"> = {},
  ): ReadableStream<Uint8Array<ArrayBuffer>> {
    requireOptions(options);
    const { verify = true, signal } = options;
    requireBoolean("verify", verify);
    requireSignal(signal);
    const pieces = loading(
      this.#paths,
      streamCsv(this.#paths, this.#directory, { verify, signal }),
    );
    return new ReadableStream({
      async pull(controller) {
        const { done, value } = await pieces.next();
        // The piece is read into again, and the other's is its own.
        if (done) controller.close();
        else controller.enqueue(new Uint8Array(value.bytes));
      },
      async cancel() {
        await pieces.return();
      },
    }, { highWaterMark: 0 });
  }

  /**
   * This run and another one of the same results directory side by side.
   *
   * @param otherRunId The run to compare with.
   * @throws {StorageError} `RUN_NOT_FOUND`: one of the runs, which the message
   * names, has no summary; or an error of
   * {@linkcode MetricsStorage.getRunMetrics}.
   * @throws {TypeError} `useCache` is none of its values.
   *
   * @example Is this run faster?
   * ```ts
   * import { LatencyCollector, MetricsStorage } from "@astraguard/hil-metrics";
   * import { assertEquals } from "@std/assert";
   *
   * const resultsDir = await Deno.makeTempDir();
   * for (const [runId, durationMs] of [["before", 80], ["after", 75]] as const) {
   *   const collector = new LatencyCollector();
   *   collector.recordFaultDetection("SAT1", 120.5, durationMs);
   *   const storage = new MetricsStorage(runId, { resultsDir });
   *   await storage.saveLatencyStats(collector);
   * }
   * const after = new MetricsStorage("after", { resultsDir });
   * const { metrics } = await after.compareRuns("before");
   * assertEquals(metrics.fault_detection?.diff_ms, -5);
   * await Deno.remove(resultsDir, { recursive: true });
   * ```
   */
  async compareRuns(
    otherRunId: string,
    options: CompareRunsOptions = {},
  ): Promise<RunComparison> {
    requireOptions(options);
    const { useCache = "revalidate" } = options;
    // Kept, so that it trusts what it has read where that is asked for.
    const other = this.#other?.runId === otherRunId
      ? this.#other
      : storageIn(this.#directory, otherRunId);
    this.#other = other;
    return compareMetrics(
      { runId: this.runId, metrics: await this.#requireMetrics(useCache) },
      { runId: otherRunId, metrics: await other.#requireMetrics(useCache) },
      formatLocalTime(this.#directory.now()),
    );
  }

  /**
   * Deletes the run with all that is in its directory, in one step: whoever
   * reads it sees all of it or nothing.
   *
   * @returns Whether there was one.
   * @throws {StorageError} `NOT_A_RUN`: the directory holds neither summary,
   * CSV nor commit. `PINNED`: `RunStore.baselines` keep it.
   * Nothing was touched. Else as for
   * {@linkcode MetricsStorage.saveLatencyStats}.
   * @throws {TypeError} `signal` is not an `AbortSignal`.
   */
  async deleteRun(options: SignalOptions = {}): Promise<boolean> {
    const directory = this.#directory;
    const signal = signalOf(options);
    return await observed(
      directory.observer,
      "delete",
      this.runId,
      () =>
        directory.change(
          this.runId,
          () => deleteRun(this.#paths, directory, signal),
        ),
    );
  }

  /**
   * Checks all of the run: both files are there and well-formed, belong
   * together, and the statistics are those of the measurements. A run that is
   * being saved, replaced or deleted meanwhile is not accused of it.
   *
   * @throws {StorageError} The system does not let it look:
   * `PERMISSION_DENIED`, `IO_FAILED`. What is wrong with the run is no error
   * but part of the result.
   * @throws {TypeError} `signal` is not an `AbortSignal`.
   */
  async verifyRun(options: SignalOptions = {}): Promise<RunVerification> {
    const signal = signalOf(options);
    try {
      return await verifyRun(this.#paths, this.#directory, signal);
    } catch (error) {
      throw runFailure(this.#paths, "verify", error);
    }
  }

  /**
   * Finishes what a save that was cut short left to do, removes what dead
   * processes left behind, and checks the run. Data that is damaged stays as
   * it is. Where there is nothing to do, nothing is made.
   *
   * @throws {StorageError} As for {@linkcode MetricsStorage.saveLatencyStats}.
   * @throws {TypeError} `signal` is not an `AbortSignal`.
   */
  async repairRun(options: SignalOptions = {}): Promise<RunRepair> {
    const directory = this.#directory;
    const signal = signalOf(options);
    return await directory.change(
      this.runId,
      () => repairRun(this.#paths, directory, signal),
    );
  }

  /**
   * Ids of the most recent runs that have a summary, newest first, ties by id
   * in descending order.
   *
   * A run that vanishes meanwhile or cannot be looked at is left out, and so
   * are links. A missing results directory has no runs.
   *
   * @param resultsDir The directory that holds the runs.
   * @throws {StorageError} `PERMISSION_DENIED`, `IO_FAILED`: the directory
   * cannot be read.
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   */
  static async getRecentRuns(
    resultsDir: string = DEFAULT_RESULTS_DIR,
    options: ListRunsOptions = {},
  ): Promise<string[]> {
    const directory = new ResultsDirectory(resultsDir, {});
    return await findRecentRuns(directory, options);
  }

  async #load(
    verify: boolean,
    { signal, onProgress }: Omit<LoadMeasurementsOptions, "verify">,
  ): Promise<LoadedColumns> {
    requireSignal(signal);
    if (onProgress !== undefined) requireFunction("onProgress", onProgress);
    const directory = this.#directory;
    return await observed(
      directory.observer,
      "load",
      this.runId,
      () => loadRun(this.#paths, directory, verify, { signal, onProgress }),
    );
  }

  async #requireMetrics(
    useCache: boolean | "revalidate",
  ): Promise<RunMetrics> {
    const metrics = await this.getRunMetrics({ useCache });
    if (metrics === null) throw notFound(this.#paths, this.#paths.summary);
    return metrics;
  }
}

/** The options of a save or a stream with their defaults. */
export interface CheckedSaveOptions extends SaveRunOptions {
  readonly labels: RunLabels | undefined;
}

/** Checks the options of a save or a stream. */
export function checkSaveOptions(options: SaveOptions): CheckedSaveOptions {
  requireOptions(options);
  const { ifExists = "replace", signal, onProgress } = options;
  requireOneOf("ifExists", ifExists, ["replace", "fail"]);
  requireSignal(signal);
  if (onProgress !== undefined) requireFunction("onProgress", onProgress);
  return { ifExists, signal, onProgress, labels: copyLabels(options.labels) };
}

/** The same, with the errors that a caller handles. */
async function* loading<T>(
  paths: RunPaths,
  pieces: AsyncGenerator<T>,
): AsyncGenerator<T, void, void> {
  try {
    yield* pieces;
  } catch (error) {
    throw runFailure(paths, "load", error);
  }
}

function signalOf(options: SignalOptions): AbortSignal | undefined {
  requireOptions(options);
  requireSignal(options.signal);
  return options.signal;
}
