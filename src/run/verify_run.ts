import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { StorageError } from "../model/errors.ts";
import { type FigureName, FIGURES } from "../model/figures.ts";
import type {
  ByMetricType,
  BySatellite,
  MetricStats,
  RunMetrics,
  SatelliteStats,
} from "../model/metrics.ts";
import {
  countsByType,
  statsBySatellite,
  statsByType,
} from "../statistics/stats_document.ts";
import { summarize } from "../statistics/summarize.ts";
import { runInSlices, turns } from "../event_loop/turns.ts";
import { isPending } from "./commit.ts";
import { findInBatch } from "./find_batch.ts";
import {
  mismatchOf,
  type ReadMeasurements,
  readMeasurements,
} from "./read_measurements.ts";
import { isReplaced, type ReadSummary, readSummary } from "./read_summary.ts";
import type { RunAccess } from "./run_access.ts";
import { isBeingFinished } from "./run_lock.ts";
import type { RunPaths } from "./run_paths.ts";
import { isSuperseded } from "./superseded.ts";

/**
 * What is wrong with a run.
 *
 * | kind | meaning |
 * |---|---|
 * | `missing-summary`, `missing-csv` | there is no such file |
 * | `damaged-summary`, `damaged-csv` | it is not what its format says |
 * | `unsafe-path` | a link or something else than a file is in its place |
 * | `mixed-pair` | size, checksum or row count of the CSV is not what the summary says |
 * | `wrong-statistics` | a figure of the summary is not that of the measurements |
 * | `wrong-run-id` | the summary names another run |
 * | `converted-line-ends` | the CSV is what the summary says but for its line ends, as git converts them |
 * | `unfinished-commit` | a save was cut short; `repairRun()` finishes it |
 */
export type RunProblemKind =
  | "missing-summary"
  | "missing-csv"
  | "damaged-summary"
  | "damaged-csv"
  | "unsafe-path"
  | "mixed-pair"
  | "wrong-statistics"
  | "wrong-run-id"
  | "converted-line-ends"
  | "unfinished-commit";

/** One thing that is wrong with a run. */
export interface RunProblem {
  /** What it is. */
  readonly kind: RunProblemKind;
  /** The same for people, with figures and paths. */
  readonly message: string;
}

/** What `verifyRun()` has found. */
export interface RunVerification {
  /** The run that was checked. */
  readonly runId: string;
  /** Whether nothing is wrong. */
  readonly ok: boolean;
  /** What is wrong. */
  readonly problems: readonly RunProblem[];
}

/** How often a run is checked again because it was replaced meanwhile. */
const TRIES = 16;

/** Checks both files of a run and that they belong together. */
export async function verifyRun(
  paths: RunPaths,
  access: RunAccess,
  signal: AbortSignal | undefined,
): Promise<RunVerification> {
  const { files } = access;
  for (let tries = 1;; tries++) {
    if (turns.isOver) await turns.next();
    const before = whereIs(paths, files);
    const { summary, csv, problems } = await checkFiles(paths, access, signal);
    const ok = problems.length === 0;
    // Files that a save or a deletion came between are no pair, and nothing is
    // wrong with them.
    const isSteady = isSameDirectory(before, whereIs(paths, files)) &&
      (before !== undefined || csv === undefined && summary === undefined) &&
      !wasReplaced(summary, paths, files);
    if (ok || isSteady || tries === TRIES) {
      return { runId: paths.runId, ok, problems };
    }
  }
}

/** The directory that the run is in now. */
function whereIs(
  paths: RunPaths,
  files: FileOperations,
): Deno.FileInfo | undefined {
  return lookAt(paths.directory, files) ??
    lookAt((findInBatch(paths, files) ?? paths).directory, files);
}

function csvPathOf(paths: RunPaths, metrics: RunMetrics | undefined): string {
  const file = metrics?.raw_csv?.file;
  return file === undefined ? paths.csv : `${paths.directory}/${file}`;
}

function wasReplaced(
  summary: ReadSummary | undefined,
  paths: RunPaths,
  files: FileOperations,
): boolean {
  try {
    return isReplaced(summary, paths, files);
  } catch {
    // What is in the way is one of the problems.
    return false;
  }
}

function isSameDirectory(
  a: Deno.FileInfo | undefined,
  b: Deno.FileInfo | undefined,
): boolean {
  return a?.ino === b?.ino &&
    a?.birthtime?.getTime() === b?.birthtime?.getTime() &&
    a?.mtime?.getTime() === b?.mtime?.getTime();
}

async function checkFiles(
  paths: RunPaths,
  access: RunAccess,
  signal: AbortSignal | undefined,
): Promise<{
  summary: ReadSummary | undefined;
  csv: ReadMeasurements | undefined;
  problems: RunProblem[];
}> {
  const { files } = access;
  const problems: RunProblem[] = [];
  const found = (kind: RunProblemKind, message: string): undefined => {
    problems.push({ kind, message });
  };
  const summary = await part(found, "damaged-summary", async () => {
    const left = await leftBySave(paths, access);
    if (left !== undefined) found("unfinished-commit", left);
    return readSummary(paths, files) ??
      found("missing-summary", `there is no ${paths.summary}`);
  });
  const metrics = summary?.metrics;
  const csv = await part(
    found,
    "damaged-csv",
    async () =>
      await readMeasurements(paths, access, {
        ...{ metrics, signal, onProgress: undefined },
      }) ?? found("missing-csv", `there is no ${csvPathOf(paths, metrics)}`),
  );
  if (metrics !== undefined && metrics.run_id !== paths.runId) {
    const named = JSON.stringify(metrics.run_id);
    found("wrong-run-id", `the summary is that of run ${named}`);
  }
  if (csv?.hasOtherLineEnds) {
    found(
      "converted-line-ends",
      `the line ends of ${csv.path} are LF now, as git makes them with ` +
        "text=auto; nothing else has changed",
    );
  }
  if (metrics !== undefined && csv !== undefined) {
    const mismatch = mismatchOf(metrics, csv);
    if (mismatch !== undefined) found("mixed-pair", mismatch.reason);
    const wrong = await wrongFigure(metrics, csv, signal);
    if (wrong !== undefined) found("wrong-statistics", wrong);
  }
  return { summary, csv, problems };
}

/** What a save that was cut short has left to do, for people. */
async function leftBySave(
  paths: RunPaths,
  access: RunAccess,
): Promise<string | undefined> {
  const { files } = access;
  const find = () =>
    findInBatch(paths, files) ??
      (isPending(paths, files) ? paths : undefined);
  if (find() === undefined || await isBeingFinished(paths, access)) {
    return undefined;
  }
  // It may have been finished before we asked who does.
  const left = find();
  if (left === undefined) return undefined;
  const isMade = left.directory !== paths.directory;
  const at = isMade ? left.directory : left.pending;
  return !isMade && isSuperseded(left, files)
    ? `a save left its files in ${at}, and another program has saved ` +
      "the run since; repairRun() drops them"
    : `a save left its files in ${at}`;
}

/** Reads a part of the run; what is wrong with it becomes a problem. */
async function part<T>(
  found: (kind: RunProblemKind, message: string) => void,
  damaged: RunProblemKind,
  read: () => T | Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    if (error.code === "RUN_DAMAGED") found(damaged, error.message);
    else if (error.code === "UNSAFE_PATH") found("unsafe-path", error.message);
    else throw error;
    return undefined;
  }
}

/** The statistics that the measurements of a run give. */
interface Measured {
  readonly counts: ByMetricType<number>;
  readonly ofTypes: ByMetricType<MetricStats>;
  readonly ofSatellites: BySatellite<ByMetricType<MetricStats>>;
}

/** Says in what a field of a summary differs from the measurements. */
type FieldCheck = (
  metrics: RunMetrics,
  measured: Measured,
) => string | undefined;

/** What its own check covers, or nothing but its form can. */
const elsewhere: FieldCheck = () => undefined;

/** How each field is held against the measurements. */
const FIELD_CHECKS: Readonly<Record<keyof RunMetrics, FieldCheck>> = {
  run_id: elsewhere,
  timestamp: elsewhere,
  total_measurements: elsewhere,
  measurement_types: ({ measurement_types }, { counts }) =>
    difference(
      "measurement_types",
      measurement_types,
      counts,
      (name, a, b) =>
        a === b ? undefined : `${name} is ${a}, and there are ${b}`,
    ),
  stats: ({ stats }, { ofTypes }) => {
    const needed = neededFigures([stats], "ofTypeSince");
    return difference(
      "stats",
      stats,
      ofTypes,
      (name, stated, wanted) => wrongStats(name, stated, wanted, needed),
    );
  },
  stats_by_satellite: ({ stats_by_satellite }, { ofSatellites }) => {
    const needed = neededFigures(
      Object.values(stats_by_satellite),
      "ofSatelliteSince",
    );
    return difference(
      "stats_by_satellite",
      stats_by_satellite,
      ofSatellites,
      (name, stated, wanted) =>
        difference(
          name,
          stated,
          wanted,
          (name, stated, wanted) => wrongStats(name, stated, wanted, needed),
        ),
    );
  },
  raw_csv: elsewhere,
  labels: elsewhere,
  incomplete: elsewhere,
  summary_xxh32: elsewhere,
};

async function wrongFigure(
  metrics: RunMetrics,
  { columns }: ReadMeasurements,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  if (columns === undefined) return undefined;
  const statistics = await runInSlices(summarize(columns), signal);
  const measured = {
    counts: countsByType(statistics),
    ofTypes: statsByType(statistics),
    ofSatellites: statsBySatellite(statistics),
  };
  for (const check of Object.values(FIELD_CHECKS)) {
    if (turns.isOver) await turns.next();
    const wrong = check(metrics, measured);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/** Says where two objects of the same keys differ. */
function difference<S, T>(
  name: string,
  stated: { readonly [key: string]: S | undefined },
  wanted: { readonly [key: string]: T | undefined },
  differenceOf: (name: string, stated: S, wanted: T) => string | undefined,
): string | undefined {
  for (const key of Object.keys(stated)) {
    if (!Object.hasOwn(wanted, key)) {
      return `${name} has ${
        JSON.stringify(key)
      }, which the measurements do not`;
    }
  }
  for (const [key, value] of Object.entries(wanted)) {
    if (!Object.hasOwn(stated, key)) {
      return `${name} has no ${JSON.stringify(key)}, which the measurements do`;
    }
    const wrong = differenceOf(`${name}.${key}`, stated[key]!, value!);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

/**
 * The figures that all groups of a summary must have: if one has a figure of a
 * version, that version has written it.
 */
function neededFigures(
  groups: readonly (ByMetricType<SatelliteStats> | undefined)[],
  since: "ofTypeSince" | "ofSatelliteSince",
): ReadonlySet<FigureName> {
  const all = groups.flatMap((types) => Object.values(types!));
  const versions = new Set(
    FIGURES.filter(({ name }) =>
      all.some((stats) => stats![name] !== undefined)
    )
      .map((figure) => figure[since]),
  );
  return new Set(
    FIGURES.filter((figure) => versions.has(figure[since]))
      .map(({ name }) => name),
  );
}

function wrongStats(
  name: string,
  stated: SatelliteStats,
  wanted: MetricStats,
  needed: ReadonlySet<FigureName>,
): string | undefined {
  if (stated.count !== wanted.count) {
    return `${name}.count is ${stated.count}, and the measurements give ` +
      `${wanted.count}`;
  }
  for (const { name: key, quantile } of FIGURES) {
    const figure = stated[key];
    const value = wanted[key];
    if (figure === undefined || value === undefined) {
      if (!needed.has(key)) continue;
      return `${name} has no ${key}`;
    }
    const tolerance = quantile === undefined ? meanToleranceMs(wanted) : 0;
    if (!(Math.abs(figure - value) <= tolerance)) {
      return `${name}.${key} is ${figure}, and the measurements give ${value}`;
    }
  }
  return undefined;
}

/**
 * How far a mean may be from ours: Python 3.12 and later add up with
 * compensation, while a plain sum of n values is off by up to n - 1 roundings
 * of the sum of their sizes (N. J. Higham, The accuracy of floating point
 * summation, 1993, https://doi.org/10.1137/0914050).
 */
function meanToleranceMs({ count, min_ms, max_ms }: MetricStats): number {
  const largestMs = Math.max(Math.abs(min_ms), Math.abs(max_ms));
  return count * Number.EPSILON * largestMs;
}
