import { type Clock, formatLocalTime, systemClock } from "../clock.ts";
import {
  collectorOf,
  columnsOf,
  type LatencyCollector,
} from "../collect/latency_collector.ts";
import { compareMetrics } from "../compare/compare_metrics.ts";
import { StorageError } from "../errors.ts";
import {
  type FileAccess,
  type FileOperations,
  systemFiles,
} from "../files/file_operations.ts";
import { absolutePath } from "../files/path.ts";
import { storageFailure } from "../files/storage_failure.ts";
import type { RunComparison, RunMetrics } from "../measurement.ts";
import { alongside, runInSlices, Turn } from "../sliced.ts";
import { summarize } from "../statistics/summarize.ts";
import { commitDeletion, commitNewPair, commitOverPair } from "./commit.ts";
import {
  finishForTheDead,
  loadSummary,
  revalidateMetrics,
} from "./load_metrics.ts";
import { mismatchOf, readMeasurements } from "./read_measurements.ts";
import { isReplaced, readSummary } from "./read_summary.ts";
import { type RunOrder, selectRecentRuns } from "./recent_runs.ts";
import { repairRunFiles, type RunRepair } from "./repair_run.ts";
import { withRunLock } from "./run_lock.ts";
import { type RunPaths, runPaths } from "./run_paths.ts";
import { discardStage, openStage, type Stage, sweepOnce } from "./staging.ts";
import { cachedSummary, dropSummary } from "./summary_cache.ts";
import { type RunVerification, verifyRunFiles } from "./verify_run.ts";
import { writePair } from "./write_pair.ts";

/** Where runs are kept unless told otherwise, as in the Python original. */
const DEFAULT_RESULTS_DIR = "astraguard/hil/results";

const DEFAULT_LOCK_TIMEOUT_MS = 30_000;

/** How often a pair is read again because it was replaced meanwhile. */
const READ_TRIES = 16;

/** Options of a {@linkcode MetricsStorage}. */
export interface MetricsStorageOptions {
  /**
   * The directory that holds a directory for each run; made when something is
   * saved. A relative path is taken from the working directory there is when
   * the storage is made.
   *
   * @default {"astraguard/hil/results"}
   */
  resultsDir?: string;
  /**
   * What a save promises once it has resolved: with `"fsync"` the run is
   * there after a power failure, with `"none"` only after the death of the
   * process.
   *
   * @default {"fsync"}
   */
  durability?: "fsync" | "none";
  /**
   * How long to wait for another writer of the run, in milliseconds.
   *
   * @default {30000}
   */
  lockTimeoutMs?: number;
  /**
   * Gives the time in a summary and a comparison: Unix time in seconds.
   *
   * @default the system's time, to the microsecond
   */
  clock?: Clock;
  /**
   * The file operations to go through; for tests that record or break them.
   *
   * @default those of `Deno`
   */
  files?: FileOperations;
}

/** Options of {@linkcode MetricsStorage.getRunMetrics}. */
export interface GetRunMetricsOptions {
  /**
   * Whether a summary that was read before may be handed out: `true` without
   * a look at the file, `"revalidate"` only if the file has not changed since,
   * `false` never.
   *
   * @default {true}
   */
  useCache?: boolean | "revalidate";
}

/** Options of {@linkcode MetricsStorage.compareRuns}. */
export interface CompareRunsOptions {
  /**
   * As in {@linkcode GetRunMetricsOptions}, for both runs.
   *
   * @default {"revalidate"}
   */
  useCache?: boolean | "revalidate";
}

/** Options of {@linkcode MetricsStorage.loadMeasurements}. */
export interface LoadMeasurementsOptions {
  /**
   * Whether the CSV must be the one that the summary was made of: same size
   * and checksum, or for a run of the original the same number of rows.
   * Without, the summary is not even looked at.
   *
   * @default {true}
   */
  verify?: boolean;
}

/** Options of {@linkcode MetricsStorage.getRecentRuns}. */
export interface GetRecentRunsOptions {
  /**
   * How many runs at most: a whole number from 0, or `Infinity`.
   *
   * @default {10}
   */
  limit?: number;
  /**
   * What "recent" goes by: when the summary was last written, or the name in
   * descending order (of UTF-16 code units), for names that carry a date or
   * number.
   *
   * @default {"mtime"}
   */
  orderBy?: RunOrder;
}

/** Where {@linkcode MetricsStorage.saveLatencyStats} has put a run. */
export interface SavedRun {
  /** Absolute path of the summary (`latency_summary.json`). */
  summary: string;
  /** Absolute path of the measurements (`latency_raw.csv`). */
  raw: string;
}

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
 * {@linkcode StorageErrorCode} says what it was.
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
  readonly #paths: RunPaths;
  readonly #files: FileOperations;
  readonly #sync: boolean;
  readonly #lockTimeoutMs: number;
  readonly #clock: Clock;

  /**
   * Makes a storage for one run; touches no file.
   *
   * @param runId Name of the run's directory: at most 255 bytes of UTF-8
   * without path separators or control characters, not starting with a dot.
   * @throws {StorageError} `INVALID_RUN_ID`: it is not such a name.
   * `IO_FAILED`: `resultsDir` is relative, and the working directory is gone.
   * @throws {TypeError} `durability` is neither of its values, or `resultsDir`
   * is not a string.
   */
  constructor(runId: string, options: MetricsStorageOptions = {}) {
    const {
      resultsDir = DEFAULT_RESULTS_DIR,
      durability = "fsync",
      lockTimeoutMs = DEFAULT_LOCK_TIMEOUT_MS,
      clock = systemClock,
      files = systemFiles(),
    } = options;
    if (durability !== "fsync" && durability !== "none") {
      throw new TypeError(
        `durability must be "fsync" or "none": ${JSON.stringify(durability)}`,
      );
    }
    this.#paths = runPaths(resultsDir, runId);
    this.#files = files;
    this.#sync = durability === "fsync";
    this.#lockTimeoutMs = lockTimeoutMs;
    this.#clock = clock;
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
   * `NO_SPACE`, `PERMISSION_DENIED`, `UNSAFE_PATH`, `LOCKED`, `IO_FAILED`.
   */
  async saveLatencyStats(collector: LatencyCollector): Promise<SavedRun> {
    const columns = columnsOf(collector).snapshot();
    await this.#changeRun("save", async (opening, turn) => {
      // The system makes the stage while this thread goes ahead.
      const statistics = await runInSlices(summarize(columns), turn);
      const timestamp = formatLocalTime(this.#clock());
      const pair = { runId: this.runId, timestamp, columns, statistics };
      const stage = await writePair(opening, pair, this.#access, turn);
      if (await commitNewPair(stage.directory, this.#paths, this.#access)) {
        return;
      }
      await this.#locked(async () => {
        // The run there was may have been deleted before it was locked.
        if (await commitNewPair(stage.directory, this.#paths, this.#access)) {
          return;
        }
        await commitOverPair(stage.directory, this.#paths, this.#access);
      });
    });
    await sweepOnce(this.#paths.staging, this.#files);
    return { summary: this.#paths.summary, raw: this.#paths.csv };
  }

  /**
   * The run's summary, deeply frozen, or null where there is none.
   *
   * @throws {StorageError} `RUN_DAMAGED`: the file is not a summary.
   * `UNSAFE_PATH`, `PERMISSION_DENIED`, `IO_FAILED`: it cannot be read.
   */
  async getRunMetrics(
    options: GetRunMetricsOptions = {},
  ): Promise<Readonly<RunMetrics> | null> {
    const { useCache = true } = options;
    if (useCache === true) {
      const cached = cachedSummary(this.#paths.summary);
      if (cached !== undefined) return cached;
    }
    try {
      if (useCache === "revalidate") {
        const cached = revalidateMetrics(this.#paths, this.#files);
        if (cached !== undefined) return cached;
      }
      const summary = loadSummary(this.#paths, this.#files);
      if (summary === undefined) return null;
      if (summary.pending) await finishForTheDead(this.#paths, this.#access);
      return summary.metrics;
    } catch (error) {
      throw this.#failure("read", error);
    }
  }

  /**
   * The run's measurements, read from its CSV.
   *
   * @returns A collector of its own, which may be added to.
   * @throws {StorageError} `RUN_NOT_FOUND`: there is no CSV. `RUN_DAMAGED`: it
   * has a wrong line, which the message names, or is not the one that the
   * summary was made of. `UNSAFE_PATH`, `PERMISSION_DENIED`, `IO_FAILED`.
   */
  async loadMeasurements(
    options: LoadMeasurementsOptions = {},
  ): Promise<LatencyCollector> {
    const { verify = true } = options;
    try {
      for (let tries = 1;; tries++) {
        const summary = verify
          ? readSummary(this.#paths, this.#files)
          : undefined;
        const found = await readMeasurements(this.#paths, this.#files);
        if (found === undefined) throw this.#notFound(this.#paths.csv);
        const mismatch = summary && mismatchOf(summary.metrics, found);
        if (mismatch === undefined) return collectorOf(found.columns);
        // Unless a save came between the two, they do not belong together.
        if (
          tries === READ_TRIES ||
          !isReplaced(summary, this.#paths, this.#files)
        ) {
          throw new StorageError(
            `Cannot load run "${this.runId}": ${mismatch} (${found.path})`,
            { code: "RUN_DAMAGED", path: found.path },
          );
        }
      }
    } catch (error) {
      throw this.#failure("load", error);
    }
  }

  /**
   * This run and another one of the same results directory side by side.
   *
   * @param otherRunId The run to compare with.
   * @throws {StorageError} `RUN_NOT_FOUND`: one of the runs, which the message
   * names, has no summary; or an error of
   * {@linkcode MetricsStorage.getRunMetrics}.
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
    const { useCache = "revalidate" } = options;
    const other = new MetricsStorage(otherRunId, {
      resultsDir: this.#paths.resultsDir,
      files: this.#files,
    });
    return compareMetrics(
      { runId: this.runId, metrics: await this.#requireMetrics(useCache) },
      { runId: otherRunId, metrics: await other.#requireMetrics(useCache) },
      formatLocalTime(this.#clock()),
    );
  }

  /**
   * Deletes the run with all that is in its directory, in one step: whoever
   * reads it sees all of it or nothing.
   *
   * @returns Whether there was one.
   * @throws {StorageError} `UNSAFE_PATH`: what is there is not a run. Else as
   * for {@linkcode MetricsStorage.saveLatencyStats}.
   */
  async deleteRun(): Promise<boolean> {
    return await this.#changeRun("delete", async (opening) => {
      const stage = await opening;
      const deleted = await this.#locked(() =>
        commitDeletion(stage.directory, this.#paths, this.#access)
      );
      await discardStage(stage, this.#files);
      return deleted;
    });
  }

  /**
   * Checks all of the run: both files are there and well-formed, belong
   * together, and the statistics are those of the measurements.
   *
   * @throws {StorageError} The system does not let it look:
   * `PERMISSION_DENIED`, `IO_FAILED`. What is wrong with the run is no error
   * but part of the result.
   */
  async verifyRun(): Promise<RunVerification> {
    try {
      return await verifyRunFiles(this.#paths, this.#files);
    } catch (error) {
      throw this.#failure("verify", error);
    }
  }

  /**
   * Finishes what a save that was cut short left to do, removes what dead
   * processes left behind, and checks the run. Data that is damaged stays as
   * it is.
   *
   * @throws {StorageError} As for {@linkcode MetricsStorage.saveLatencyStats}.
   */
  async repairRun(): Promise<RunRepair> {
    return await this.#changeRun("repair", async (opening) => {
      const stage = await opening;
      const repair = await this.#locked(() =>
        repairRunFiles(this.#paths, this.#access)
      );
      await discardStage(stage, this.#files);
      return repair;
    });
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
   * @throws {RangeError} `limit` is out of its range.
   * @throws {TypeError} `orderBy` is neither of its values, or `resultsDir` is
   * not a string.
   */
  static async getRecentRuns(
    resultsDir: string = DEFAULT_RESULTS_DIR,
    options: GetRecentRunsOptions = {},
  ): Promise<string[]> {
    const { limit = 10, orderBy = "mtime" } = options;
    if (limit !== Infinity && !(Number.isSafeInteger(limit) && limit >= 0)) {
      throw new RangeError(`limit must be a whole number from 0: ${limit}`);
    }
    if (orderBy !== "mtime" && orderBy !== "name") {
      throw new TypeError(
        `orderBy must be "mtime" or "name": ${JSON.stringify(orderBy)}`,
      );
    }
    return await selectRecentRuns(absolutePath(resultsDir), {
      limit,
      orderBy,
      files: systemFiles(),
    });
  }

  get #access(): FileAccess {
    return { files: this.#files, sync: this.#sync };
  }

  /** Changes the run with the help of a stage, which is gone afterwards. */
  async #changeRun<T>(
    action: string,
    change: (opening: Promise<Stage>, turn: Turn) => Promise<T>,
  ): Promise<T> {
    const turn = new Turn();
    const opening = alongside(openStage(this.#paths.staging, this.#access));
    try {
      return await change(opening, turn);
    } catch (error) {
      const stage = await opening.catch(() => undefined);
      // A deletion that may not last is left to a sweep, which syncs first.
      if (stage && !isCommitted(error)) await discardStage(stage, this.#files);
      throw this.#failure(action, error);
    } finally {
      (await opening.catch(() => undefined))?.[Symbol.dispose]();
      dropSummary(this.#paths.summary);
    }
  }

  #locked<T>(work: () => Promise<T>): Promise<T> {
    return withRunLock(this.#paths, {
      files: this.#files,
      timeoutMs: this.#lockTimeoutMs,
    }, work);
  }

  async #requireMetrics(
    useCache: boolean | "revalidate",
  ): Promise<Readonly<RunMetrics>> {
    const metrics = await this.getRunMetrics({ useCache });
    if (metrics === null) throw this.#notFound(this.#paths.summary);
    return metrics;
  }

  #notFound(path: string): StorageError {
    return new StorageError(
      `Cannot find run "${this.runId}": there is no such file (${path})`,
      { code: "RUN_NOT_FOUND", path },
    );
  }

  #failure(action: string, error: unknown): StorageError {
    return storageFailure(error, {
      action: `${action} run "${this.runId}"`,
      path: this.#paths.directory,
    });
  }
}

function isCommitted(error: unknown): boolean {
  return error instanceof StorageError &&
    error.code === "COMMITTED_NOT_PUBLISHED";
}
