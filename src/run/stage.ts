import { StorageError } from "../model/errors.ts";
import {
  adoptOwnership,
  type Ownership,
  sharedDirectory,
} from "../disk/adopt_ownership.ts";
import type { FileAccess, FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { makeDirectory } from "../disk/make_directory.ts";
import { parentDirectory } from "../disk/path.ts";
import { requireDirectory } from "../disk/require_directory.ts";
import { announceChange } from "./change_log.ts";

/** A directory in which a run's pair is prepared before it is committed. */
export interface Stage extends Disposable {
  readonly directory: string;
  /** Makes the entries of the stage last through a power failure. */
  sync(): Promise<void>;
  /**
   * Gives the directory the owner and mode that it was made with, as a run of
   * its own has them: until then it has those of the results directory.
   */
  becomeRun(): Promise<void>;
  /** Renames the directory, which stays locked. */
  moveTo(path: string): Promise<void>;
  /** Tells catalogs, once, that it is about to change this run. */
  announce(runId: string): Promise<void>;
}

/** What a stage is called, so that no other directory is taken for one. */
const STAGE_NAME =
  /^stage-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** How often a stage may be swept away between being made and locked. */
const TRIES = 8;

/**
 * Makes a stage. As long as it is not disposed of, and this process lives, it
 * is locked and nobody sweeps it.
 */
export async function openStage(
  staging: string,
  access: FileAccess,
): Promise<Stage> {
  const { files } = access;
  requireDirectory(staging, files);
  for (let tries = 0; tries < TRIES; tries++) {
    const directory = newStagePath(staging);
    await makeStage(directory, access);
    const locked = await lockNewStage(directory, files);
    if (locked === undefined) continue;
    const { lock, made } = locked;
    let isAdopted: boolean;
    try {
      isAdopted = await shareDirectory(directory, made, staging, files);
    } catch (error) {
      lock.close();
      await discardStage({ directory }, files);
      throw error;
    }
    const name = directory.slice(staging.length + 1);
    const announced = new Map<string, Promise<void>>();
    let at = directory;
    return {
      get directory() {
        return at;
      },
      announce: (runId) => {
        const known = announced.get(runId) ?? announceChange(
          parentDirectory(staging),
          { stage: name, runId },
          access,
        );
        announced.set(runId, known);
        return known;
      },
      sync: () => lock.sync(),
      becomeRun: async () => {
        if (isAdopted) await restore(at, made, files);
      },
      moveTo: async (path) => {
        await files.rename(at, path);
        at = path;
      },
      [Symbol.dispose]: () => lock.close(),
    };
  }
  throw new StorageError(
    `Cannot prepare a run: every stage made in "${staging}" was taken away`,
    { code: "LOCKED", path: staging },
  );
}

/** Where a stage may be made. */
export function newStagePath(staging: string): string {
  return `${staging}/stage-${crypto.randomUUID()}`;
}

/** Whether a directory of this name is a stage. */
export function isStageName(name: string): boolean {
  return STAGE_NAME.test(name);
}

/** Removes a stage with what is in it, or leaves it to the next sweep. */
export async function discardStage(
  stage: Pick<Stage, "directory">,
  files: FileOperations,
): Promise<void> {
  try {
    await files.remove(stage.directory, { recursive: true });
  } catch {
    // An error here would hide what was wrong before it.
  }
}

/** Makes a stage, and `.staging` for all who may write beside it. */
async function makeStage(
  directory: string,
  access: FileAccess,
): Promise<void> {
  const { files } = access;
  const staging = parentDirectory(directory);
  if (lookAt(staging, files) === undefined) {
    await makeDirectory(directory, access);
    await shareDirectory(staging, files.lstatSync(staging), staging, files);
  } else {
    await makeDirectory(directory, access);
  }
}

/**
 * Lets all who may write in the results directory write in this one.
 *
 * @returns Whether they could not before.
 */
export async function shareDirectory(
  path: string,
  made: Ownership,
  staging: string,
  files: FileOperations,
): Promise<boolean> {
  const results = files.statSync(parentDirectory(staging));
  return await adoptOwnership(path, made, sharedDirectory(results), files);
}

async function restore(
  directory: string,
  made: Ownership,
  files: FileOperations,
): Promise<void> {
  await adoptOwnership(directory, files.lstatSync(directory), made, files);
}

/** Locks a stage that was just made; it is gone again where that fails. */
async function lockNewStage(
  path: string,
  files: FileOperations,
): Promise<{ lock: Deno.FsFile; made: Deno.FileInfo } | undefined> {
  try {
    return lockDirectory(path, files);
  } catch (error) {
    await files.remove(path).catch(() => {});
    throw error;
  }
}

/** Locks a directory, unless it is gone or somebody else has locked it. */
export function lockDirectory(
  path: string,
  files: FileOperations,
): { lock: Deno.FsFile; made: Deno.FileInfo } | undefined {
  let lock: Deno.FsFile | undefined;
  try {
    lock = files.openSync(path, { read: true });
    if (lock.tryLockSync(true)) {
      // Before that it may have been swept, or be seen through a link by now.
      requireDirectory(parentDirectory(path), files);
      const made = lookAt(path, files);
      const opened = lock.statSync();
      if (made?.ino === opened.ino && made.dev === opened.dev) {
        return { lock, made };
      }
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) {
      lock?.close();
      throw error;
    }
  }
  lock?.close();
  return undefined;
}
