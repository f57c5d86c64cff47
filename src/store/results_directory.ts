import { type FileOperations, systemFiles } from "../disk/file_operations.ts";
import { absolutePath } from "../disk/path.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import {
  requireDuration,
  requireFunction,
  requireOneOf,
  requireOptions,
  shown,
} from "../model/options.ts";
import type { CsvCodec } from "../formats/csv_codec.ts";
import { requireCodec } from "../formats/require_codec.ts";
import { requireUnixTime } from "../model/local_time.ts";
import type { ObserveOptions } from "../observe/observe_options.ts";
import { StoreObserver } from "../observe/store_observer.ts";
import { type Clock, systemClock } from "../record/clock.ts";
import { STAGING_NAME } from "../run/run_paths.ts";
import { finishBatches } from "../run/finish_batch.ts";
import type { LockQueues, RunAccess } from "../run/run_access.ts";
import { sweepStaging } from "../run/sweep_staging.ts";
import {
  type DirectoryState,
  stateOf,
  stateToCome,
} from "./directory_state.ts";
import type { RunIndex } from "./run_index.ts";

/** Where runs are kept unless told otherwise, as in the Python original. */
export const DEFAULT_RESULTS_DIR = "astraguard/hil/results";

const DEFAULT_LOCK_TIMEOUT_MS = 30_000;

/** Options of a {@linkcode RunStore}. */
export interface RunStoreOptions {
  /**
   * What a save promises once it has resolved: with `"fsync"` the run is
   * there after a power failure, with `"none"` only after the death of the
   * process. What is made of runs and streams there are, by `compressRuns()`
   * and `recover()`, always lasts.
   *
   * @default {"fsync"}
   */
  readonly durability?: "fsync" | "none";
  /**
   * How long to wait for another writer of a run, in milliseconds from 0;
   * `Infinity` waits for ever.
   *
   * @default {30000}
   */
  readonly lockTimeoutMs?: number;
  /**
   * Gives the time in a summary and a comparison: Unix time in seconds.
   *
   * @default the system's time, to the microsecond
   */
  readonly clock?: Clock;
  /**
   * What the CSV of a run is compressed with when it is saved: `gzip` of this
   * package, or a codec that is handed in, as `zstd` of
   * `@astraguard/hil-metrics/zstd`. Whatever it is, the summary says it, and
   * any tool for it reads the file.
   *
   * @default {undefined} the original's plain file
   */
  readonly compression?: CsvCodec;
  /**
   * Times the store's own saves, of batches and streams too, loads, deletions,
   * commits and lock waits into {@linkcode RunStore.observations}, and, where
   * the process has registered an OpenTelemetry API, into spans and a histogram
   * in seconds. It costs nothing where it is off, and some microseconds an
   * operation where it is on.
   *
   * @default {false}
   */
  readonly observe?: boolean | ObserveOptions;
  /**
   * Codecs to read compressed runs with, besides gzip and that one.
   *
   * @default {[]}
   */
  readonly codecs?: readonly CsvCodec[];
  /**
   * A catalog of this directory, as of `@astraguard/hil-metrics/catalog`:
   * `recentRuns()` asks it, and lists where it cannot tell. It stays the
   * caller's to dispose of.
   *
   * @default {undefined} every listing looks at each run
   */
  readonly catalog?: RunIndex;
}

/** A directory of runs, and what was promised of what is written there. */
export class ResultsDirectory implements RunAccess {
  /** Absolute. */
  readonly path: string;
  readonly files: FileOperations;
  readonly sync: boolean;
  readonly lockTimeoutMs: number;
  readonly observer: StoreObserver | undefined;
  readonly compression: CsvCodec | undefined;
  readonly codecs: readonly CsvCodec[];
  readonly catalog: RunIndex | undefined;
  readonly #clock: Clock;
  #state: DirectoryState | undefined;
  #stateToCome: DirectoryState | undefined;

  /** Checks the options; touches no file. */
  constructor(
    path: string,
    options: RunStoreOptions,
    files: FileOperations = systemFiles(),
  ) {
    requireOptions(options);
    const {
      durability = "fsync",
      lockTimeoutMs = DEFAULT_LOCK_TIMEOUT_MS,
      clock = systemClock,
      compression,
      codecs = [],
      observe = false,
      catalog,
    } = options;
    requireOneOf("durability", durability, ["fsync", "none"]);
    requireDuration("lockTimeoutMs", lockTimeoutMs);
    requireFunction("clock", clock);
    if (compression !== undefined) requireCodec("compression", compression);
    if (!Array.isArray(codecs)) {
      throw new TypeError(`codecs must be an array: ${shown(codecs)}`);
    }
    for (const codec of codecs) requireCodec("codecs", codec);
    if (typeof observe !== "boolean") requireOptions(observe);
    this.observer = observe === false
      ? undefined
      : new StoreObserver(observe === true ? {} : observe);
    this.compression = compression;
    this.codecs = compression === undefined ? codecs : [compression, ...codecs];
    this.path = absolutePath(path);
    requireIndexOf(this.path, catalog);
    this.catalog = catalog;
    this.files = files;
    this.sync = durability === "fsync";
    this.lockTimeoutMs = lockTimeoutMs;
    this.#clock = clock;
  }

  /** What this process knows of it; `undefined` while it is not there. */
  get state(): DirectoryState | undefined {
    return this.#state ??= this.#findState();
  }

  /**
   * The time by the clock that was given.
   *
   * @throws {RangeError} It gives no Unix time in seconds.
   */
  now(): number {
    return requireUnixTime("clock", this.#clock());
  }

  /** Where stages and lock files are. */
  get staging(): string {
    return `${this.path}/${STAGING_NAME}`;
  }

  /** The same, or that of the directory that is going to be made. */
  get stateToCome(): DirectoryState {
    return this.state ??
      (this.#stateToCome ??= stateToCome(this.path, this.files));
  }

  get queues(): LockQueues {
    // Whoever locks a run has made a stage in the directory.
    return this.state!.queues;
  }

  /** Changes a run; what was read of it is forgotten. */
  async change<T>(runId: string, change: () => Promise<T>): Promise<T> {
    try {
      return await change();
    } finally {
      this.#forget([runId]);
    }
  }

  /**
   * Changes runs together. Meanwhile no reader goes by what was read of one of
   * them before: another one may be the new one already.
   */
  async changeAll<T>(
    runIds: readonly string[],
    change: () => Promise<T>,
  ): Promise<T> {
    const summaries = this.state?.summaries;
    summaries?.distrust(runIds);
    try {
      return await change();
    } finally {
      summaries?.trust(runIds);
      this.#forget(runIds);
    }
  }

  /** Sweeps the staging directory if this process has not done so before. */
  async sweepOnce(): Promise<void> {
    try {
      const { state } = this;
      if (state === undefined || state.isSwept) return;
      state.isSwept = true;
      await finishBatches(this.path, this);
      await sweepStaging(this.staging, this.files);
    } catch {
      // What cannot be swept now is not worth failing a save that is done.
    }
  }

  #forget(runIds: readonly string[]): void {
    for (const runId of runIds) this.#state?.summaries.drop(runId);
    // It may just have been made, or be another one by now.
    this.#state = undefined;
    try {
      for (const runId of runIds) this.state?.summaries.drop(runId);
    } catch {
      // Then nothing can be read from it either.
    }
  }

  #findState(): DirectoryState | undefined {
    try {
      return stateOf(this.path, this.files);
    } catch (error) {
      const action = "look at the results directory";
      throw storageFailure(error, { action, path: this.path });
    }
  }
}

/** Requires a catalog of this directory, perhaps undefined. */
function requireIndexOf(path: string, catalog: unknown): void {
  if (catalog === undefined) return;
  const { resultsDir, findRuns } = (catalog ?? {}) as Partial<RunIndex>;
  requireFunction("catalog.findRuns", findRuns);
  const plain = (path: unknown) => String(path).replace(/[/\\]+$/, "");
  if (plain(resultsDir) === plain(path)) return;
  throw new RangeError(
    `catalog must be of "${path}", not of ${shown(resultsDir)}`,
  );
}
