import { lookAt } from "../disk/look_at.ts";
import { storageFailure } from "../disk/storage_failure.ts";
import { StorageError } from "../model/errors.ts";
import { Interruption } from "../model/interruption.ts";
import { isRunId, runPaths } from "../run/run_paths.ts";
import { directoriesIn, runsInBatches } from "../store/list_runs.ts";
import { build } from "./_build.ts";
import { type CatalogDatabase, isFull } from "./_database.ts";
import { type CatalogIndex, turn } from "./_index.ts";
import { pause, pauseAtRandom } from "./_pause.ts";
import { rowsAfter } from "./_rows.ts";
import { keyOf, runIdOf } from "./_run_key.ts";
import { lookAtRun, RACY_MS } from "./_run_state.ts";
import { enter } from "./_update.ts";

/** What a refresh has done. */
export interface CatalogRefresh {
  /** Whether there was no catalog that could be used, so that it was made. */
  readonly isRebuilt: boolean;
  /** How many runs were entered: all of them where it was made. */
  readonly enteredRuns: number;
}

/** A log of more bytes is begun anew, with the catalog. */
const LOG_LIMIT_BYTES = 16 * 1024 * 1024;

/** Rows that are compared between two turns, at most. */
const ROWS_AT_ONCE = 64;

/** Brings the catalog up to date, or makes it. */
export async function refresh(
  index: CatalogIndex,
  isDeep: boolean,
  signal: AbortSignal | undefined,
): Promise<CatalogRefresh> {
  const { paths, files } = index;
  try {
    if (lookAt(paths.resultsDir, files) === undefined) {
      return { isRebuilt: false, enteredRuns: 0 };
    }
    const isLong = (lookAt(paths.changes, files)?.size ?? 0) > LOG_LIMIT_BYTES;
    const first = isLong ? undefined : await tryEnter(index, signal);
    if (first !== undefined) {
      const more = await enterNames(index, isDeep, true, signal);
      if (more !== undefined) {
        return { isRebuilt: false, enteredRuns: first + more };
      }
    }
    const enteredRuns = await build(index, signal);
    if (enteredRuns === undefined) return await refresh(index, isDeep, signal);
    await enterNames(index, false, true, signal);
    return { isRebuilt: true, enteredRuns };
  } catch (error) {
    if (error instanceof Interruption) throw error.reason;
    const { directory: path } = paths;
    if (isFull(error)) {
      throw new StorageError(
        `Cannot write the catalog: no space left on the disk (${path})`,
        { code: "NO_SPACE", path, cause: error },
      );
    }
    throw storageFailure(error, { action: "write the catalog", path });
  }
}

/**
 * Enters runs that others have added or removed, which the names tell, and if
 * asked those whose files have changed.
 *
 * @param canWait Whether to wait, for some 50 ms, until the directory's time
 * would show a later change.
 * @returns How many; `undefined` without a usable catalog.
 */
export async function enterNames(
  index: CatalogIndex,
  isDeep: boolean,
  canWait: boolean,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const { paths, files } = index;
  const timeMs = () => files.statSync(paths.resultsDir).mtime?.getTime() ?? NaN;
  const known = await retried(
    index,
    () => index.database()?.read((meta) => meta.namesMs),
  );
  if (known === undefined) return undefined;
  const isCompared = known === timeMs();
  if (isCompared && !isDeep) return 0;
  const leftMs = timeMs() + RACY_MS - Date.now();
  if (!isCompared && canWait && leftMs > 0 && leftMs <= RACY_MS) {
    await pause(leftMs + 2);
  }
  const namesMs = timeMs();
  const isSettled = Math.abs(Date.now() - namesMs) >= RACY_MS;
  const runIds = new Set<string>();
  if (!await compareNames(index, runIds, signal)) return undefined;
  if (isDeep && !await compareStamps(index, runIds, signal)) return undefined;
  return await enter(index, {
    runIds,
    namesMs: isSettled ? namesMs : null,
    signal,
  });
}

/** Enters what was announced; a damaged catalog is one that cannot be used. */
async function tryEnter(
  index: CatalogIndex,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  for (;;) {
    try {
      return await enter(index, { signal });
    } catch (error) {
      if (error instanceof Interruption || error instanceof StorageError) {
        throw error;
      }
      if (isFull(error) || error instanceof Deno.errors.PermissionDenied) {
        throw error;
      }
      if (index.failed(error) === "none") return undefined;
      await pauseAtRandom();
    }
  }
}

/** Finds directories that have no row, and rows that have no directory. */
async function compareNames(
  index: CatalogIndex,
  runIds: Set<string>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { paths, files } = index;
  let known = 0;
  const before = await retried(index, () => sequenceOf(index));
  const addUnknown = async (names: readonly string[]) => {
    await turn(signal);
    const unknown = await retried(index, () => {
      const db = index.database();
      return db?.read(() =>
        names.filter((it) => isRunId(it) && !hasRow(db, it))
      );
    });
    for (const runId of unknown ?? []) runIds.add(runId);
    return unknown;
  };
  // Those may be on their way into place.
  for (const runId of await runsInBatches(paths.resultsDir, files)) {
    if (await addUnknown([runId]) === undefined) return false;
  }
  for await (const names of directoriesIn(paths.resultsDir, files)) {
    const unknown = await addUnknown(names);
    if (unknown === undefined) return false;
    known += names.filter(isRunId).length - unknown.length;
  }
  const count = await retried(
    index,
    () =>
      index.database()?.read((meta) =>
        meta.sequence === before ? meta.runCount : NaN
      ),
  );
  if (count === undefined || before === undefined) return false;
  if (count === known) return true;
  return await eachRow(index, signal, ({ key }) => {
    const runId = runIdOf(key);
    if (lookAtRun(runPaths(paths.resultsDir, runId), files) === undefined) {
      runIds.add(runId);
    }
  });
}

/** Finds runs whose files are not what they were, or may not be. */
async function compareStamps(
  index: CatalogIndex,
  runIds: Set<string>,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const { paths, files } = index;
  return await eachRow(index, signal, ({ key, stamp, isSettled }) => {
    const runId = runIdOf(key);
    const now = lookAtRun(runPaths(paths.resultsDir, runId), files);
    if (!isSettled || now?.stamp !== stamp) runIds.add(runId);
  });
}

async function eachRow(
  index: CatalogIndex,
  signal: AbortSignal | undefined,
  look: (row: ReturnType<typeof rowsAfter>[number]) => void,
): Promise<boolean> {
  for (let last = "";;) {
    const rows = await retried(index, () => {
      const db = index.database();
      return db?.read(() => rowsAfter(db, last, ROWS_AT_ONCE));
    });
    if (rows === undefined) return false;
    for (const row of rows) {
      await turn(signal);
      look(row);
    }
    if (rows.length < ROWS_AT_ONCE) return true;
    last = rows.at(-1)!.key;
  }
}

/** Reads again while others write; `undefined` where there is no catalog. */
async function retried<T>(
  index: CatalogIndex,
  read: () => T | undefined,
): Promise<T | undefined> {
  for (;;) {
    try {
      return read();
    } catch (error) {
      if (index.failed(error) === "none") return undefined;
      await pauseAtRandom();
    }
  }
}

function sequenceOf(index: CatalogIndex): number | undefined {
  return index.database()?.read((meta) => meta.sequence);
}

function hasRow(db: CatalogDatabase, runId: string): boolean {
  return db.get("select 1 from runs where key = ?", keyOf(runId)) !== undefined;
}
