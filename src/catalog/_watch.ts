import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { runPaths } from "../run/run_paths.ts";
import type { Sliced } from "../event_loop/sliced.ts";
import type { CatalogPaths } from "./_catalog_paths.ts";
import type { CatalogDatabase } from "./_database.ts";
import { rowOf, watchedRows } from "./_rows.ts";
import { runIdOf } from "./_run_key.ts";
import { lookAtRun } from "./_run_state.ts";

/** What has to be looked at each time, since it may change unannounced. */
export interface Watch {
  /** The transaction that it was read after. */
  readonly sequence: number;
  /**
   * Runs without a summary that can be read, or with a commit to finish, and
   * those that a stage is about to change; `undefined` where there is none.
   */
  readonly stamps: ReadonlyMap<string, string | undefined>;
  /** Stages that have announced a change, and were there. */
  readonly stages: readonly string[];
  readonly isEmpty: boolean;
}

/** Before anything was read. */
export const NO_WATCH: Watch = {
  sequence: -1,
  stamps: new Map(),
  stages: [],
  isEmpty: true,
};

/** What the catalog says has to be watched. */
export function watchOf(db: CatalogDatabase, sequence: number): Watch {
  const stamps = new Map<string, string | undefined>();
  for (const { key, stamp } of watchedRows(db)) stamps.set(runIdOf(key), stamp);
  const stages: string[] = [];
  for (const [stage, key] of openChanges(db)) {
    stages.push(stage);
    stamps.set(runIdOf(key), rowOf(db, key)?.stamp);
  }
  return { sequence, stamps, stages, isEmpty: stamps.size === 0 };
}

/** Changes whose stage was there. */
export function openChanges(db: CatalogDatabase): [string, string][] {
  return db.all("select stage, key from open_changes") as [string, string][];
}

/** Whether something that is watched has changed. */
export function* hasMoved(
  { stamps, stages }: Watch,
  paths: CatalogPaths,
  files: FileOperations,
): Sliced<boolean> {
  for (const stage of stages) {
    if (!isStageThere(stage, paths, files)) return true;
    yield;
  }
  for (const [runId, stamp] of stamps) {
    const run = runPaths(paths.resultsDir, runId);
    if (lookAtRun(run, files)?.stamp !== stamp) return true;
    yield;
  }
  return false;
}

/** Whether a stage is still there. */
export function isStageThere(
  stage: string,
  { staging }: CatalogPaths,
  files: FileOperations,
): boolean {
  return lookAt(`${staging}/${stage}`, files) !== undefined;
}
