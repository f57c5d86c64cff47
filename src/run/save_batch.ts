import { lookAt } from "../disk/look_at.ts";
import { makeDirectory } from "../disk/make_directory.ts";
import { requireDirectory } from "../disk/require_directory.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import { syncDirectory } from "../disk/sync_directory.ts";
import { writeFile } from "../disk/write_file.ts";
import { StorageError } from "../model/errors.ts";
import { Interruption, throwIfAborted } from "../model/interruption.ts";
import type { RawCsvStamp } from "../model/metrics.ts";
import type { OnProgress } from "../model/progress.ts";
import { summarize } from "../statistics/summarize.ts";
import { alongside } from "../event_loop/alongside.ts";
import { inParallel } from "../event_loop/in_parallel.ts";
import { runInSlices, turns } from "../event_loop/turns.ts";
import {
  batchDirectory,
  batchesIn,
  OVERWRITES_NAME,
  overwrittenBy,
} from "./batch_paths.ts";
import { finishCommit, isRun, requirePlainRun } from "./commit.ts";
import {
  describePair,
  isSamePair,
  recordOf,
  type ReplacedPair,
} from "./commit_record.ts";
import { exists } from "./failures.ts";
import { findInBatch } from "./find_batch.ts";
import { finishBatch, finishBatches, finishPart } from "./finish_batch.ts";
import { keepOwnership } from "./keep_ownership.ts";
import { withResultsLock } from "./results_lock.ts";
import type { RunAccess } from "./run_access.ts";
import { requireNotStreamed } from "./stream_lock.ts";
import { withRunLocks } from "./run_lock.ts";
import { RECORD_NAME, type RunPaths } from "./run_paths.ts";
import type { RunContent, SaveRunOptions } from "./save_run.ts";
import {
  discardStage,
  openStage,
  shareDirectory,
  type Stage,
} from "./stage.ts";
import {
  csvNameBy,
  type PairStage,
  rewriteRecord,
  writePair,
} from "./write_pair.ts";

/** A run of a batch. */
export interface BatchRun {
  readonly paths: RunPaths;
  readonly content: RunContent;
}

/** Runs that are worked on at a time. */
const AT_ONCE = 16;

/** How often new runs of a batch may be made by others before its commit. */
const TRIES = 16;

const encoder = new TextEncoder();

/** A run whose pair is written. */
interface StagedRun {
  readonly paths: RunPaths;
  readonly stage: PairStage;
  /** The summary that was written. */
  readonly summary: RawCsvStamp;
  /** The one that it replaces by its record; `undefined` without a record. */
  replaces: ReplacedPair | undefined;
}

/** What a batch is committed with. */
interface Batch {
  readonly resultsDir: string;
  readonly stage: Stage;
  readonly batchId: string;
  readonly runs: readonly StagedRun[];
}

/**
 * Saves runs of one results directory, each of another id, all or none of them
 * for whoever reads by this package. The commit is the rename of a stage that
 * has the new runs; a pair that replaces one waits in its run by then.
 *
 * @throws {StorageError} `RUN_EXISTS`, or what went wrong;
 * `COMMITTED_NOT_PUBLISHED` as for one run.
 */
export async function saveBatch(
  unsorted: readonly BatchRun[],
  access: RunAccess,
  options: SaveRunOptions,
): Promise<void> {
  const runs = unsorted.toSorted((a, b) =>
    a.paths.runId < b.paths.runId ? -1 : 1
  );
  const { resultsDir, staging } = runs[0]!.paths;
  const { files } = access;
  const opening = alongside(openStage(staging, access));
  try {
    throwIfAborted(options.signal);
    await finishBatches(resultsDir, access);
    requireReachable(runs, access);
    for (const { paths } of runs) {
      if (turns.isOver) await turns.next();
      requireNotStreamed(paths, files);
      if (options.ifExists === "fail" && isRun(paths, files)) {
        throw exists(paths);
      }
    }
    await opening;
    // Looking for what is missing takes five times as long.
    await makeBatches(resultsDir, access);
    const staged: StagedRun[] = [];
    const watched = { ...options, onProgress: undefined };
    const told = tellingOfAll(runs, options.onProgress);
    await inParallel(runs, AT_ONCE, async (run) => {
      const ofRun = { ...watched, onProgress: told?.() };
      staged.push(await writeRun(run, await opening, access, ofRun));
    });
    staged.sort((a, b) => a.paths.runId < b.paths.runId ? -1 : 1);
    const stage = await opening;
    const batchId = stage.directory.slice(-36);
    const batch = { resultsDir, stage, batchId, runs: staged };
    let existing = staged.filter(({ replaces }) => replaces !== undefined);
    for (let tries = 1;; tries++) {
      if (await tryCommit(batch, existing, access, options)) return;
      existing = staged.filter(({ paths }) => isAnything(paths, access));
      if (tries < TRIES) continue;
      throw new StorageError(
        `Cannot save ${runs.length} runs: others keep making some of them ` +
          `(${resultsDir})`,
        { code: "LOCKED", path: resultsDir },
      );
    }
  } catch (error) {
    const stage = await opening.catch(() => undefined);
    if (stage) await discardStage(stage, files);
    if (error instanceof Interruption) throw error.reason;
    const action = `save ${runs.length} runs`;
    throw storageFailure(error, { action, path: resultsDir });
  } finally {
    (await opening.catch(() => undefined))?.[Symbol.dispose]();
  }
}

/**
 * Where the longest of the paths is too long, none may be written that could
 * not be read.
 */
function requireReachable(
  runs: readonly BatchRun[],
  { files }: RunAccess,
): void {
  const sizeOf = ({ paths }: BatchRun) => encoder.encode(paths.runId).length;
  const longest = runs.reduce((a, b) => sizeOf(a) < sizeOf(b) ? b : a);
  const part = overwrittenBy(longest.paths, crypto.randomUUID());
  lookAt(part.pendingSummary, files);
}

/** Whether there is anything that a new run cannot take the place of. */
function isAnything(paths: RunPaths, { files }: RunAccess): boolean {
  return lookAt(paths.directory, files) !== undefined ||
    findInBatch(paths, files) !== undefined;
}

/** Adds up what is told of each run. */
function tellingOfAll(
  runs: readonly BatchRun[],
  onProgress: OnProgress | undefined,
): (() => OnProgress) | undefined {
  if (onProgress === undefined) return undefined;
  let totalRows = 0;
  for (const { content } of runs) totalRows += content.columns.length;
  let rows = 0;
  let bytes = 0;
  return () => {
    let before = { rows: 0, bytes: 0 };
    return (now) => {
      rows += now.rows - before.rows;
      bytes += now.bytes - before.bytes;
      before = now;
      onProgress({ rows, totalRows, bytes, totalBytes: undefined });
    };
  };
}

/** Writes a run's pair, and the record of it if there is a run. */
async function writeRun(
  { paths, content }: BatchRun,
  stage: Stage,
  access: RunAccess,
  options: SaveRunOptions,
): Promise<StagedRun> {
  const { files } = access;
  throwIfAborted(options.signal);
  const directory = `${stage.directory}/${paths.runId}`;
  const ofRun = {
    directory,
    sync: () => syncDirectory(directory, files),
    announce: stage.announce,
  };
  try {
    const opening = alongside(files.mkdir(directory).then(() => ofRun));
    const replaces = isRun(paths, files)
      ? await describePair(paths, files)
      : undefined;
    const { columns } = content;
    const statistics = await runInSlices(summarize(columns), options.signal);
    const { runId } = paths;
    const pair = { runId, ...content, statistics, replaces };
    const { summary } = await writePair(opening, pair, access, options);
    return { paths, stage: ofRun, summary, replaces };
  } catch (error) {
    throw failureOf(paths, error);
  }
}

/** Makes the directory of batches, for all who may write beside it. */
async function makeBatches(
  resultsDir: string,
  access: RunAccess,
): Promise<void> {
  const { files } = access;
  const directory = batchesIn(resultsDir);
  requireDirectory(directory, files);
  if (lookAt(directory, files) !== undefined) return;
  try {
    await makeDirectory(directory, access);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  const made = files.lstatSync(directory);
  await shareDirectory(directory, made, directory, files);
}

/**
 * Commits a batch and brings it into place.
 *
 * @returns Whether it did: it did not if somebody made one of its new runs.
 */
async function tryCommit(
  batch: Batch,
  existing: readonly StagedRun[],
  access: RunAccess,
  { ifExists, signal }: SaveRunOptions,
): Promise<boolean> {
  const { resultsDir, batchId, stage, runs } = batch;
  const { sync } = access;
  const locked = existing.map(({ paths }) => paths);
  return await withRunLocks(locked, access, signal, async () => {
    const moved = new Set<StagedRun>();
    try {
      await inParallel(existing, AT_ONCE, async (run) => {
        await moveIn(run, batch, access, { ifExists, signal }, moved);
      });
      const overwritten = runs.filter((run) => moved.has(run))
        .map(({ paths }) => paths);
      const made = runs.filter((run) => !moved.has(run))
        .map(({ paths }) => paths);
      if (moved.size > 0) await writeOverwrites(stage, overwritten, access);
      if (sync) await stage.sync();
      if (!await commit(batch, made, access, { ifExists, signal })) {
        await takeBack(moved, batch, access);
        return false;
      }
      moved.clear();
      const committed = { resultsDir, batchId, made, overwritten };
      await afterCommit(batch, () => finishBatch(committed, access));
      return true;
    } catch (error) {
      await takeBack(moved, batch, access).catch(() => {});
      throw error;
    }
  });
}

/** Moves a pair into the run that it replaces, whose lock is held. */
async function moveIn(
  run: StagedRun,
  { batchId }: Batch,
  access: RunAccess,
  { ifExists, signal }: Pick<SaveRunOptions, "ifExists" | "signal">,
  moved: Set<StagedRun>,
): Promise<void> {
  const { paths, stage, summary } = run;
  const { files, sync } = access;
  try {
    await finishPart(paths, access);
    if (lookAt(paths.directory, files) === undefined) {
      // It was deleted before it was locked.
      if (run.replaces === undefined) return;
      run.replaces = undefined;
      await files.remove(`${stage.directory}/${RECORD_NAME}`);
      if (sync) await stage.sync();
      return;
    }
    requirePlainRun(paths, files);
    if (ifExists === "fail" && isRun(paths, files)) throw exists(paths);
    await finishCommit(paths, access);
    const replaces = await describePair(paths, files);
    if (run.replaces === undefined || !isSamePair(run.replaces, replaces)) {
      await rewriteRecord(stage, recordOf(summary, replaces), access);
      run.replaces = replaces;
    }
    const csvName = csvNameBy(access.compression);
    await keepOwnership(stage.directory, paths, csvName, files);
    // Whoever may write in the run may finish the commit.
    const own = files.lstatSync(stage.directory);
    await shareDirectory(stage.directory, own, paths.staging, files);
    throwIfAborted(signal);
    await files.rename(
      stage.directory,
      overwrittenBy(paths, batchId).pending,
    );
    moved.add(run);
    if (sync) await syncDirectory(paths.directory, files);
  } catch (error) {
    throw failureOf(paths, error);
  }
}

async function takeBack(
  moved: ReadonlySet<StagedRun>,
  { batchId, stage }: Batch,
  { files }: RunAccess,
): Promise<void> {
  await inParallel([...moved], AT_ONCE, async (run) => {
    const { pending } = overwrittenBy(run.paths, batchId);
    await files.rename(pending, run.stage.directory);
  });
  const overwrites = `${stage.directory}/${OVERWRITES_NAME}`;
  if (lookAt(overwrites, files)) await files.remove(overwrites);
}

/** Writes which runs have their pairs by now. */
async function writeOverwrites(
  stage: Stage,
  overwritten: readonly RunPaths[],
  { files, sync }: RunAccess,
): Promise<void> {
  const path = `${stage.directory}/${OVERWRITES_NAME}`;
  const ids = overwritten.map(({ runId }) => runId);
  const opening = files.open(path, { write: true, createNew: true });
  await writeFile(opening, [encoder.encode(JSON.stringify(ids))], sync);
}

/** Makes the stage a committed batch, unless one of its new runs is there. */
async function commit(
  { resultsDir, batchId, stage, runs }: Batch,
  made: readonly RunPaths[],
  access: RunAccess,
  { ifExists, signal }: Pick<SaveRunOptions, "ifExists" | "signal">,
): Promise<boolean> {
  const { files } = access;
  await Promise.all(runs.map(({ paths }) => stage.announce(paths.runId)));
  return await withResultsLock(
    resultsDir,
    access,
    "exclusive",
    signal,
    async () => {
      for (const paths of made) {
        if (turns.isOver) await turns.next();
        if (!isAnything(paths, access)) continue;
        if (ifExists === "fail" && isRun(paths, files)) throw exists(paths);
        return false;
      }
      throwIfAborted(signal);
      await files.rename(stage.directory, batchDirectory(resultsDir, batchId));
      return true;
    },
  );
}

async function afterCommit(
  { resultsDir, runs }: Batch,
  finish: () => Promise<void>,
): Promise<void> {
  try {
    await finish();
  } catch (cause) {
    throw new StorageError(
      `The ${runs.length} runs were committed, but a step after that failed; ` +
        `there is nothing to save again (${resultsDir})`,
      { code: "COMMITTED_NOT_PUBLISHED", path: resultsDir, cause },
    );
  }
}

/** The failure of one run; what ends work stays as it is. */
function failureOf({ runId, directory }: RunPaths, error: unknown): unknown {
  if (error instanceof Interruption) return error;
  return storageFailure(error, {
    action: `save run "${runId}"`,
    path: directory,
  });
}
