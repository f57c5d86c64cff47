import { alongside } from "../event_loop/alongside.ts";
import { lookAt } from "../disk/look_at.ts";
import { syncDirectory } from "../disk/sync_directory.ts";
import { readChanges } from "../run/change_log.ts";
import { isRunId, runPaths } from "../run/run_paths.ts";
import { turns } from "../event_loop/turns.ts";
import type { CatalogDatabase, Meta } from "./_database.ts";
import { type CatalogIndex, fileOf } from "./_index.ts";
import { keyOf, runIdOf } from "./_run_key.ts";
import { lookAtRun, readRun } from "./_run_state.ts";
import {
  countChange,
  type Operation,
  putting,
  removing,
  rowOf,
} from "./_rows.ts";
import { isStageThere, openChanges, watchOf } from "./_watch.ts";
import { withWriter } from "./_writer.ts";

/** For how long an answer waits until it may be entered what has changed. */
const TIMEOUT_MS = 10_000;

/** So many are written at a time, in some tenths of a millisecond. */
const OPERATIONS_AT_ONCE = 100;

/** Less than any log has. */
const UNSEEN = -1;

/** What to enter beside what the log says. */
export interface UpdateOptions {
  /** Runs that were found to have changed. */
  readonly runIds?: Iterable<string>;
  /**
   * Time of the results directory when its names were compared; null where it
   * would not show a later change, `undefined` where they were not.
   */
  readonly namesMs?: number | null | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What was announced, and what has come of it. */
interface Log {
  readonly open: readonly (readonly [stage: string, key: string])[];
  /** Whose stage is gone: they may have changed for the last time. */
  readonly closed: ReadonlySet<string>;
  readonly consumedBytes: number;
  readonly seenBytes: number;
}

/**
 * Enters what has changed.
 *
 * @returns Whether it did; not where this process may not write, or there is no
 * catalog that can be used.
 */
export async function update(
  index: CatalogIndex,
  options: UpdateOptions = {},
): Promise<boolean> {
  const { files, paths } = index;
  if (!files.mayWrite(paths.directory)) return false;
  try {
    return await enter(index, options) !== undefined;
  } catch {
    // No room, no permission, or the other writer is too slow.
    return false;
  }
}

/**
 * The same, failing with what went wrong.
 *
 * @returns How many runs were entered; `undefined` without a usable catalog.
 */
export async function enter(
  index: CatalogIndex,
  { runIds = [], namesMs, signal }: UpdateOptions,
): Promise<number | undefined> {
  const { files, paths } = index;
  const { directory } = paths;
  if (!lookAt(directory, files)?.isDirectory) return undefined;
  const options = { timeoutMs: TIMEOUT_MS, signal };
  return await withWriter(paths, files, options, async (writer) => {
    const db = index.database();
    if (db === undefined || !writer.isSealed) return undefined;
    const { meta, watch, open } = db.read((meta) => ({
      meta,
      watch: watchOf(db, meta.sequence),
      open: openChanges(db),
    }));
    const log = index.isOurs(meta) ? readLog(index, meta, open) : undefined;
    if (log === undefined) return undefined;
    const moved = new Set(runIds);
    const watched = new Map(watch.stamps);
    for (const [, key] of log.open) {
      watched.set(runIdOf(key), db.read(() => rowOf(db, key)?.stamp));
    }
    for (const [runId, stamp] of watched) {
      if (turns.isOver) await turns.next();
      const run = runPaths(paths.resultsDir, runId);
      if (lookAtRun(run, files)?.stamp !== stamp) moved.add(runId);
    }
    for (const key of log.closed) moved.add(runIdOf(key));
    const isSame = log.seenBytes === meta.seenBytes &&
      log.open.length === open.length && moved.size === 0 &&
      (namesMs === undefined || namesMs === meta.namesMs);
    // Another process has entered it meanwhile.
    if (isSame) return 0;
    await Promise.all(syncsOf(index, [...moved]));
    await writer.unseal();
    // Until all of it is in, nobody takes a part for fresh.
    await db.write(() => db.changeMeta(() => ({ seenBytes: UNSEEN })));
    await putRuns(index, db, moved);
    await db.write(() => {
      db.run("delete from open_changes");
      for (const [stage, key] of log.open) {
        db.run("insert or ignore into open_changes values (?, ?)", stage, key);
      }
      db.changeMeta((meta) => ({
        consumedBytes: log.consumedBytes,
        seenBytes: log.seenBytes,
        namesMs: namesMs === undefined ? meta.namesMs : namesMs,
      }));
    });
    await writer.seal();
    return moved.size;
  });
}

/** Reads runs and enters them as they are. */
export async function putRuns(
  { paths: { resultsDir }, files }: CatalogIndex,
  db: CatalogDatabase,
  runIds: Iterable<string>,
): Promise<void> {
  let operations: Operation[] = [];
  for (const runId of runIds) {
    if (turns.isOver) await turns.next();
    if (!isRunId(runId)) continue;
    const run = readRun(runPaths(resultsDir, runId), files);
    operations.push(
      ...run === undefined ? removing(db, keyOf(runId)) : putting(db, run),
    );
    if (operations.length < OPERATIONS_AT_ONCE) continue;
    await write(db, operations);
    operations = [];
  }
  await write(db, operations);
}

async function write(
  db: CatalogDatabase,
  operations: readonly Operation[],
): Promise<void> {
  for (let from = 0; from < operations.length; from += OPERATIONS_AT_ONCE) {
    if (turns.isOver) await turns.next();
    const some = operations.slice(from, from + OPERATIONS_AT_ONCE);
    await db.write(() => {
      for (const [sql, ...values] of some) db.run(sql, ...values);
      const more = countChange(some);
      db.changeMeta(({ runCount }) => ({ runCount: runCount + more }));
    });
  }
}

/** What the log says; `undefined` where it is another one. */
function readLog(
  { paths, files }: CatalogIndex,
  meta: Meta,
  before: readonly [string, string][],
): Log | undefined {
  const there = lookAt(paths.changes, files);
  if (!there?.isFile || fileOf(there) !== meta.logFile) return undefined;
  if (there.size < meta.seenBytes) return undefined;
  const announced = [...before];
  let consumedBytes = meta.consumedBytes;
  for (;;) {
    const read = readChanges(paths.changes, consumedBytes, files);
    if (read.epoch !== meta.epoch) return undefined;
    for (const { stage, runId } of read.changes) {
      announced.push([stage, keyOf(runId)]);
    }
    if (read.endBytes === consumedBytes) break;
    consumedBytes = read.endBytes;
  }
  const isOpen = (stage: string) => isStageThere(stage, paths, files);
  const open = announced.filter(([stage]) => isOpen(stage));
  const isStillOpen = new Set(open.map(([stage]) => stage));
  return {
    open,
    closed: new Set(
      announced.filter(([stage]) => !isStillOpen.has(stage)).map(([, key]) =>
        key
      ),
    ),
    consumedBytes,
    seenBytes: Math.max(there.size, consumedBytes),
  };
}

/**
 * What has to last before the catalog says that it was so: the lines, and what
 * became of the runs. Else a power failure could take that back, and no line
 * would tell.
 */
function syncsOf(
  { paths, files }: CatalogIndex,
  runIds: readonly string[],
): Promise<void>[] {
  const sync = (path: string) => alongside(syncDirectory(path, files));
  const runs = runIds.map((runId) =>
    sync(`${paths.resultsDir}/${runId}`).catch(() => {})
  );
  return [sync(paths.changes), sync(paths.resultsDir), ...runs];
}
