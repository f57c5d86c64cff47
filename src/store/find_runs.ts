import type { StorageError } from "../model/errors.ts";
import { copyLabels, hasLabels } from "../model/labels.ts";
import type { RunLabels, RunMetrics } from "../model/metrics.ts";
import {
  requireBoolean,
  requireFunction,
  requireLimit,
  requireOneOf,
  requireOptionalDate,
  requireOptionalString,
  requireOptions,
} from "../model/options.ts";
import { runFailure } from "../run/failures.ts";
import { runPaths } from "../run/run_paths.ts";
import { turns } from "../event_loop/turns.ts";
import { type ListedRun, listRuns, type RunOrder } from "./list_runs.ts";
import { revalidateMetrics } from "./read_metrics.ts";
import type { ResultsDirectory } from "./results_directory.ts";
import type { RunSearch } from "./run_index.ts";

/** Which runs {@linkcode RunStore.recentRuns} lists. */
export interface ListRunsOptions {
  /**
   * How many runs at most: a whole number from 0, or `Infinity`.
   *
   * @default {10} of `recentRuns()`, `Infinity` of `runs()`
   */
  readonly limit?: number;
  /**
   * What "recent" goes by: when the summary was last written, or the name in
   * descending order (of UTF-16 code units), for names that carry a date or
   * number.
   *
   * @default {"mtime"}
   */
  readonly orderBy?: RunOrder;
  /** What the id begins with. */
  readonly prefix?: string;
  /** Runs whose summary was last written then or later. */
  readonly since?: Date;
  /** Runs whose summary was last written before that. */
  readonly until?: Date;
  /** Runs that have all of these labels, with the same values. */
  readonly labels?: RunLabels;
  /**
   * Whether runs are wanted that were cut off while they were streamed, and
   * no others; or none of these.
   *
   * @default {undefined} both
   */
  readonly incomplete?: boolean;
  /**
   * Called for a run whose summary cannot be read, which is then left out.
   * Without it the listing ends with that error. Only where summaries are
   * read: by `runs()`, and for `labels` or `incomplete`.
   */
  readonly onUnreadable?: (error: StorageError) => void;
}

/** A run and its summary. */
export interface StoredRun {
  /** Its id. */
  readonly runId: string;
  /** Its summary, deeply frozen. */
  readonly metrics: RunMetrics;
}

/** The options with their defaults, checked. */
interface Search {
  readonly limit: number;
  readonly labels: RunLabels | undefined;
  readonly incomplete: boolean | undefined;
  readonly wanted: RunSearch;
  readonly runs: AsyncGenerator<ListedRun>;
  readonly onUnreadable: ((error: StorageError) => void) | undefined;
}

/** Runs that one look at a directory finds at most, in 10 MB. */
const MOST_AT_ONCE = 65_536;

/** Ids of the most recent runs. */
export async function findRecentRuns(
  directory: ResultsDirectory,
  options: ListRunsOptions,
): Promise<string[]> {
  const search = searchOf(directory, options, 10);
  // A catalog does not know which runs were cut off.
  const known = search.incomplete === undefined
    ? await directory.catalog?.findRuns(search.wanted)
    : undefined;
  if (known !== undefined) return [...known];
  const ids: string[] = [];
  if (readsSummaries(search)) {
    for await (const { runId } of found(directory, search)) ids.push(runId);
  } else if (search.limit > 0) {
    for await (const { runId } of search.runs) {
      if (ids.push(runId) === search.limit) break;
    }
  }
  return ids;
}

/** Runs and their summaries, newest first. */
export function findRuns(
  directory: ResultsDirectory,
  options: ListRunsOptions,
): AsyncGenerator<StoredRun> {
  return found(directory, searchOf(directory, options, Infinity));
}

async function* found(
  directory: ResultsDirectory,
  { limit, labels, incomplete, runs, onUnreadable }: Search,
): AsyncGenerator<StoredRun> {
  if (limit === 0) return;
  let count = 0;
  for await (const { runId } of runs) {
    if (turns.isOver) await turns.next();
    const paths = runPaths(directory.path, runId);
    let metrics;
    try {
      metrics = revalidateMetrics(paths, directory, "left")?.metrics;
    } catch (error) {
      const failure = runFailure(paths, "read", error) as StorageError;
      if (onUnreadable === undefined) throw failure;
      onUnreadable(failure);
      continue;
    }
    // It may have been deleted meanwhile.
    if (metrics === undefined) continue;
    if (labels !== undefined && !hasLabels(metrics.labels, labels)) continue;
    const isIncomplete = metrics.incomplete === true;
    if ((incomplete ?? isIncomplete) !== isIncomplete) continue;
    yield { runId, metrics };
    if (++count === limit) return;
  }
}

/** Whether it takes a run's summary to tell whether it is wanted. */
function readsSummaries(
  { labels, incomplete }: Pick<Search, "labels" | "incomplete">,
): boolean {
  return labels !== undefined || incomplete !== undefined;
}

function searchOf(
  directory: ResultsDirectory,
  options: ListRunsOptions,
  defaultLimit: number,
): Search {
  requireOptions(options);
  const {
    limit = defaultLimit,
    orderBy = "mtime",
    prefix,
    since,
    until,
    incomplete,
    onUnreadable,
  } = options;
  requireLimit("limit", limit);
  requireOneOf("orderBy", orderBy, ["mtime", "name"]);
  requireOptionalString("prefix", prefix);
  if (incomplete !== undefined) requireBoolean("incomplete", incomplete);
  requireOptionalDate("since", since);
  requireOptionalDate("until", until);
  if (onUnreadable !== undefined) requireFunction("onUnreadable", onUnreadable);
  const labels = copyLabels(options.labels);
  const filter = { labels, incomplete };
  const selection = {
    orderBy,
    prefix: prefix ?? "",
    sinceMs: since?.getTime() ?? -Infinity,
    untilMs: until?.getTime() ?? Infinity,
  };
  return {
    limit,
    ...filter,
    onUnreadable,
    wanted: { ...selection, limit, labels },
    runs: listRuns(directory.path, {
      ...selection,
      atOnce: Math.min(readsSummaries(filter) ? Infinity : limit, MOST_AT_ONCE),
    }, directory.files),
  };
}
