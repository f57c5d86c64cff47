import { StorageError } from "../errors.ts";
import type { FileOperations } from "../files/file_operations.ts";
import type {
  MetricStats,
  RunMetrics,
  SatelliteStats,
} from "../measurement.ts";
import { runInSlices } from "../sliced.ts";
import { statsBySatellite, statsByType } from "../statistics/stats_document.ts";
import { summarize } from "../statistics/summarize.ts";
import { isPending } from "./commit.ts";
import {
  mismatchOf,
  type ReadMeasurements,
  readMeasurements,
} from "./read_measurements.ts";
import { isReplaced, type ReadSummary, readSummary } from "./read_summary.ts";
import type { RunPaths } from "./run_paths.ts";

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
  | "unfinished-commit";

/** One thing that is wrong with a run. */
export interface RunProblem {
  /** What it is. */
  kind: RunProblemKind;
  /** The same for people, with figures and paths. */
  message: string;
}

/** What `verifyRun()` has found. */
export interface RunVerification {
  /** The run that was checked. */
  runId: string;
  /** Whether nothing is wrong. */
  ok: boolean;
  /** What is wrong. */
  problems: RunProblem[];
}

/**
 * How far a mean may be from ours, relative to it: Python 3.12 and later add
 * up with compensation and differ in the last digits.
 */
const MEAN_TOLERANCE = 1e-9;

/** How often a run is checked again because it was replaced meanwhile. */
const TRIES = 16;

/** Checks both files of a run and that they belong together. */
export async function verifyRunFiles(
  paths: RunPaths,
  files: FileOperations,
): Promise<RunVerification> {
  for (let tries = 1;; tries++) {
    const { summary, problems } = await checkFiles(paths, files);
    const ok = problems.length === 0;
    // Files that a save came between are no pair, and nothing is wrong.
    if (
      ok || !summary || tries === TRIES || !isReplaced(summary, paths, files)
    ) return { runId: paths.runId, ok, problems };
  }
}

async function checkFiles(
  paths: RunPaths,
  files: FileOperations,
): Promise<{ summary: ReadSummary | void; problems: RunProblem[] }> {
  const problems: RunProblem[] = [];
  const found = (kind: RunProblemKind, message: string) => {
    problems.push({ kind, message });
  };
  const summary = await part(found, "damaged-summary", () => {
    if (isPending(paths, files)) {
      found("unfinished-commit", `a save left its files in ${paths.pending}`);
    }
    return readSummary(paths, files) ??
      found("missing-summary", `there is no ${paths.summary}`);
  });
  const csv = await part(
    found,
    "damaged-csv",
    async () =>
      await readMeasurements(paths, files) ??
        found("missing-csv", `there is no ${paths.csv}`),
  );
  if (summary && summary.metrics.run_id !== paths.runId) {
    const named = JSON.stringify(summary.metrics.run_id);
    found("wrong-run-id", `the summary is that of run ${named}`);
  }
  if (summary && csv) {
    const mismatch = mismatchOf(summary.metrics, csv);
    if (mismatch !== undefined) found("mixed-pair", mismatch);
    const wrong = await wrongFigure(summary.metrics, csv);
    if (wrong !== undefined) found("wrong-statistics", wrong);
  }
  return { summary, problems };
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

async function wrongFigure(
  metrics: RunMetrics,
  { columns }: ReadMeasurements,
): Promise<string | undefined> {
  const statistics = await runInSlices(summarize(columns));
  const wrong = wrongStats("stats", metrics.stats, statsByType(statistics));
  if (wrong !== undefined) return wrong;
  const bySatellite = statsBySatellite(statistics);
  const ids = differentKeys(metrics.stats_by_satellite, bySatellite);
  if (ids !== undefined) return `stats_by_satellite has ${ids}`;
  for (const [id, wanted] of Object.entries(bySatellite)) {
    const name = `stats_by_satellite.${id}`;
    const wrong = wrongStats(name, metrics.stats_by_satellite[id]!, wanted);
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}

function wrongStats(
  name: string,
  stated: Record<string, MetricStats | SatelliteStats>,
  wanted: Record<string, MetricStats>,
): string | undefined {
  const types = differentKeys(stated, wanted);
  if (types !== undefined) return `${name} has ${types}`;
  for (const [type, stats] of Object.entries(wanted)) {
    for (const [key, value] of Object.entries(stats)) {
      const figure = stated[type]![key as keyof SatelliteStats];
      // The original leaves some out per satellite.
      if (figure === undefined) continue;
      const tolerance = key === "mean_ms"
        ? MEAN_TOLERANCE * Math.abs(value)
        : 0;
      if (!(Math.abs(figure - value) <= tolerance)) {
        return `${name}.${type}.${key} is ${figure}, and the measurements ` +
          `give ${value}`;
      }
    }
  }
  return undefined;
}

function differentKeys(stated: object, wanted: object): string | undefined {
  for (const key of Object.keys(stated)) {
    if (!Object.hasOwn(wanted, key)) {
      return `${JSON.stringify(key)}, which the measurements do not`;
    }
  }
  for (const key of Object.keys(wanted)) {
    if (!Object.hasOwn(stated, key)) {
      return `no ${JSON.stringify(key)}, which the measurements do`;
    }
  }
  return undefined;
}
