import { type FileOperations, systemFiles } from "../disk/file_operations.ts";
import { type FigureName, FIGURES } from "../model/figures.ts";
import { copyLabels } from "../model/labels.ts";
import type { RunLabels } from "../model/metrics.ts";
import {
  requireBoolean,
  requireLimit,
  requireNumber,
  requireOneOf,
  requireOptionalDate,
  requireOptionalString,
  requireOptions,
  requireSignal,
  requireString,
} from "../model/options.ts";
import { runPaths } from "../run/run_paths.ts";
import type { RunOrder } from "../store/list_runs.ts";
import type { RunIndex, RunSearch } from "../store/run_index.ts";
import { ask } from "./_ask.ts";
import { type CatalogPaths, catalogPaths } from "./_catalog_paths.ts";
import {
  changesOf,
  type FigureChange,
  type FigurePoint,
  type FigureSearch,
  historyOf,
} from "./_history.ts";
import {
  atOnce,
  CatalogIndex,
  type Freshness,
  type Question,
} from "./_index.ts";
import { type CatalogRun, newestRuns } from "./_newest_runs.ts";
import { type CatalogRefresh, enterNames, refresh } from "./_refresh.ts";
import { rowOf, watchedRows } from "./_rows.ts";
import { keyOf } from "./_run_key.ts";
import { lookAtRun } from "./_run_state.ts";
import { update } from "./_update.ts";

/** An answer, and how far it can be relied on. */
export interface CatalogAnswer<T> {
  /** What was found; nothing where there is no catalog. */
  readonly rows: readonly T[];
  /** See {@linkcode Freshness}. */
  readonly freshness: Freshness;
}

/** Options of {@linkcode RunCatalog.refresh}. */
export interface RefreshOptions {
  /**
   * Whether to look at each run for files that were edited in place, some 15
   * us each.
   *
   * @default {false}
   */
  readonly deep?: boolean;
  /**
   * Ends it; the catalog is then refreshed the next time.
   *
   * @default {undefined} it is not ended
   */
  readonly signal?: AbortSignal;
}

/** Which runs an answer is about. */
export interface CatalogQueryOptions {
  /** What the id begins with. */
  readonly prefix?: string;
  /** Runs whose summary was last written then or later. */
  readonly since?: Date;
  /** Runs whose summary was last written before that. */
  readonly until?: Date;
  /** Runs that have all of these labels, with the same values. */
  readonly labels?: RunLabels;
  /**
   * Whether to look at the files of the runs in the answer, some 5 us each, so
   * that it shows edits in place of these.
   *
   * @default {false}
   */
  readonly revalidate?: boolean;
}

/** Options of {@linkcode RunCatalog.recentRuns}. */
export interface RecentRunsOptions extends CatalogQueryOptions {
  /**
   * How many runs at most: a whole number from 0, or `Infinity`.
   *
   * @default {10}
   */
  readonly limit?: number;
  /**
   * What "recent" goes by, as in a listing.
   *
   * @default {"mtime"}
   */
  readonly orderBy?: RunOrder;
}

/** Options of {@linkcode RunCatalog.largestChanges}. */
export interface FigureChangesOptions extends CatalogQueryOptions {
  /** What was measured, such as `"fault_detection"`. */
  readonly metricType: string;
  /** Which figure over all satellites. */
  readonly figure: FigureName;
  /**
   * How many at most: a whole number from 0, or `Infinity`.
   *
   * @default {Infinity} of `history()`, 10 of `largestChanges()`
   */
  readonly limit?: number;
}

/** Options of {@linkcode RunCatalog.history}. */
export interface HistoryOptions extends FigureChangesOptions {
  /** Runs whose figure is as much or more, in milliseconds. */
  readonly atLeastMs?: number;
  /** Runs whose figure is as much or less, in milliseconds. */
  readonly atMostMs?: number;
}

/** How often an answer is looked at again because its files have changed. */
const TRIES = 4;

/** A catalog over file operations that somebody has. */
export let catalogOver: (
  paths: CatalogPaths,
  files: FileOperations,
) => RunCatalog;

/**
 * An SQLite catalog of a results directory, in `<results>/.catalog/`, for
 * frequent queries: the files stay the truth, and it can be thrown away.
 *
 * What this package saves, overwrites or deletes is known exactly and at once:
 * every store, with a catalog or without, says so in a log of changes before it
 * commits. Runs that others add or remove are found by the names, in
 * `refresh()`; files that others edit in place by `refresh({ deep: true })`, or
 * for the rows of an answer with `revalidate`. Stores of version 0.1 count as
 * others. Every answer says how far it goes: {@linkcode Freshness}.
 *
 * `refresh()` makes a catalog that is missing, of another version, of another
 * directory, damaged, or left unfinished by a process that died. Damage is what
 * SQLite reports, a row whose checksum is wrong, or a file that is not the one
 * last written.
 *
 * Needs `--allow-read` and, to make or renew it, `--allow-write` for the
 * results directory. Who may not write leaves nothing behind.
 *
 * @example Recent runs, and the history of a figure
 * ```ts
 * import { LatencyCollector, RunStore } from "@astraguard/hil-metrics";
 * import { RunCatalog } from "@astraguard/hil-metrics/catalog";
 * import { assertEquals } from "@std/assert";
 *
 * const resultsDir = await Deno.makeTempDir();
 * using catalog = RunCatalog.open(resultsDir);
 * const store = new RunStore(resultsDir, { catalog });
 * await catalog.refresh();
 * for (const [runId, durationMs] of [["run_1", 80], ["run_2", 75]] as const) {
 *   const collector = new LatencyCollector();
 *   collector.recordFaultDetection("SAT1", 120.5, durationMs);
 *   await store.run(runId).saveLatencyStats(collector);
 * }
 * await catalog.refresh();
 * const { rows, freshness } = await catalog.history({
 *   metricType: "fault_detection",
 *   figure: "p95_ms",
 * });
 * assertEquals(freshness, "fresh");
 * assertEquals(rows.map((it) => it.valueMs).sort(), [75, 80]);
 * await Deno.remove(resultsDir, { recursive: true });
 * ```
 */
export class RunCatalog implements RunIndex, Disposable {
  readonly #index: CatalogIndex;

  private constructor(index: CatalogIndex) {
    this.#index = index;
  }

  static {
    catalogOver = (paths, files) =>
      new RunCatalog(new CatalogIndex(paths, files));
  }

  /**
   * The catalog of a results directory, which need not be there yet; touches no
   * file. To be disposed of.
   *
   * @param resultsDir The directory that holds a directory for each run. A
   * relative path is taken from the working directory there is now.
   * @throws {StorageError} `IO_FAILED`: `resultsDir` is relative, and the
   * working directory is gone.
   */
  static open(resultsDir: string): RunCatalog {
    return catalogOver(catalogPaths(resultsDir), systemFiles());
  }

  /** Absolute path of the directory. */
  get resultsDir(): string {
    return this.#index.paths.resultsDir;
  }

  /**
   * Enters what has changed, or makes the catalog: some 90 us a run, after
   * changes that are under way. In an unchanged directory it takes a look; where
   * that has just changed, it first waits 50 ms, since its time would not show
   * a change that comes at once.
   *
   * @throws {StorageError} `PERMISSION_DENIED`, `NO_SPACE`, `UNSAFE_PATH`,
   * `LOCKED`, `IO_FAILED`: it could not, and answers are not fresh.
   * @throws {TypeError} An option is of the wrong type.
   */
  async refresh(options: RefreshOptions = {}): Promise<CatalogRefresh> {
    requireOptions(options);
    const { deep = false, signal } = options;
    requireBoolean("deep", deep);
    requireSignal(signal);
    return await refresh(this.#index, deep, signal);
  }

  /**
   * The most recent runs that have a summary, newest first, ties by id in
   * descending order, as a listing has them: O(log n) where nothing is to be
   * filtered, else O(n) at worst.
   *
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   */
  async recentRuns(
    options: RecentRunsOptions = {},
  ): Promise<CatalogAnswer<CatalogRun>> {
    requireOptions(options);
    const { limit = 10, orderBy = "mtime" } = options;
    requireLimit("limit", limit);
    requireOneOf("orderBy", orderBy, ["mtime", "name"]);
    const search = { limit, orderBy, ...selectionOf(options) };
    return await this.#answer(newestRuns(search), options);
  }

  /**
   * A figure of each run that has it, over all satellites, newest first: O(n)
   * of the runs that have this metric type.
   *
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   */
  async history(
    options: HistoryOptions,
  ): Promise<CatalogAnswer<FigurePoint>> {
    requireOptions(options);
    const { limit = Infinity, atLeastMs = -Infinity, atMostMs = Infinity } =
      options;
    requireNumber("atLeastMs", atLeastMs);
    requireNumber("atMostMs", atMostMs);
    const search = { ...figureOf(options, limit), atLeastMs, atMostMs };
    return await this.#answer(historyOf(search), options);
  }

  /**
   * The runs whose figure differs most, in either direction, from that of the
   * run before it in time; both are among those that the options select. The
   * largest relative change comes first. O(n). It says nothing of whether a
   * change is more than noise.
   *
   * @throws {RangeError} A number or date is out of its range.
   * @throws {TypeError} An option is of the wrong type or none of its values.
   */
  async largestChanges(
    options: FigureChangesOptions,
  ): Promise<CatalogAnswer<FigureChange>> {
    requireOptions(options);
    const { limit = 10 } = options;
    const search = {
      ...figureOf(options, limit),
      atLeastMs: -Infinity,
      atMostMs: Infinity,
    };
    return await this.#answer(changesOf(search), options);
  }

  /** Ids for a store that the catalog was handed to. */
  async findRuns(
    search: RunSearch,
  ): Promise<readonly string[] | undefined> {
    const index = this.#index;
    try {
      let { freshness, value } = await ask(index, newestRuns(search));
      if (freshness === "own") {
        // A listing would find what others have added or removed.
        await enterNames(index, false, false, undefined);
        ({ freshness, value } = await ask(index, newestRuns(search)));
      } else if (freshness !== "fresh") return undefined;
      if (freshness !== "fresh" && freshness !== "own") return undefined;
      if (search.labels !== undefined && await this.#hasUnreadable()) {
        return undefined;
      }
      return value?.map(({ runId }) => runId);
    } catch {
      return undefined;
    }
  }

  /** Closes the database; used again, it is opened again. */
  [Symbol.dispose](): void {
    this.#index[Symbol.dispose]();
  }

  /** Of which a listing by labels tells. */
  async #hasUnreadable(): Promise<boolean> {
    const { value } = await ask(
      this.#index,
      atOnce((db) => watchedRows(db).some((it) => it.mtimeMs !== null)),
    );
    return value !== false;
  }

  async #answer<T extends { runId: string; beforeRunId?: string }>(
    question: Question<T[]>,
    { revalidate = false }: CatalogQueryOptions,
  ): Promise<CatalogAnswer<T>> {
    requireBoolean("revalidate", revalidate);
    const index = this.#index;
    for (let tries = 0;; tries++) {
      const { value: rows = [], freshness } = await ask(index, question);
      if (!revalidate || rows.length === 0) return { rows, freshness };
      const moved = await this.#movedOf(rows);
      if (moved.length === 0) return { rows, freshness };
      if (tries === TRIES || !await update(index, { runIds: moved })) {
        return { rows, freshness: "stale" };
      }
    }
  }

  /** Runs in an answer whose files are not what they were. */
  async #movedOf(
    rows: readonly { runId: string; beforeRunId?: string }[],
  ): Promise<string[]> {
    const { paths, files } = this.#index;
    const moved: string[] = [];
    const runIds = new Set(
      rows.flatMap((it) =>
        it.beforeRunId === undefined ? [it.runId] : [it.runId, it.beforeRunId]
      ),
    );
    for (const runId of runIds) {
      const { value: row } = await ask(
        this.#index,
        atOnce((db) => rowOf(db, keyOf(runId)) ?? null),
      );
      const now = lookAtRun(runPaths(paths.resultsDir, runId), files);
      if (!row?.isSettled || now?.stamp !== row.stamp) moved.push(runId);
    }
    return moved;
  }
}

function figureOf(
  options: FigureChangesOptions,
  limit: number,
): Omit<FigureSearch, "atLeastMs" | "atMostMs"> {
  const { metricType, figure } = options;
  requireString("metricType", metricType);
  requireOneOf("figure", figure, FIGURES.map(({ name }) => name));
  requireLimit("limit", limit);
  return { metricType, figure, limit, ...selectionOf(options) };
}

function selectionOf(
  { prefix, since, until, labels }: CatalogQueryOptions,
): Pick<RunSearch, "prefix" | "sinceMs" | "untilMs" | "labels"> {
  requireOptionalString("prefix", prefix);
  requireOptionalDate("since", since);
  requireOptionalDate("until", until);
  return {
    prefix: prefix ?? "",
    sinceMs: since?.getTime() ?? -Infinity,
    untilMs: until?.getTime() ?? Infinity,
    labels: copyLabels(labels),
  };
}
