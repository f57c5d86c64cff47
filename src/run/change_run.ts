import { StorageError } from "../model/errors.ts";
import { alongside } from "../event_loop/alongside.ts";
import { runFailure } from "./failures.ts";
import type { RunAccess } from "./run_access.ts";
import type { RunPaths } from "./run_paths.ts";
import { discardStage, openStage, type Stage } from "./stage.ts";

/**
 * Changes a run with the help of a stage, which is being made meanwhile and is
 * gone afterwards.
 *
 * @throws {StorageError} What went wrong; `action` says what with.
 */
export async function changeRun<T>(
  action: string,
  paths: RunPaths,
  access: RunAccess,
  change: (opening: Promise<Stage>) => Promise<T>,
): Promise<T> {
  const { files } = access;
  const opening = alongside(openStage(paths.staging, access));
  try {
    return await change(opening);
  } catch (error) {
    const stage = await opening.catch(() => undefined);
    // A deletion that may not last is left to a sweep, which syncs first.
    if (stage && !isCommitted(error)) await discardStage(stage, files);
    throw runFailure(paths, action, error);
  } finally {
    (await opening.catch(() => undefined))?.[Symbol.dispose]();
  }
}

function isCommitted(error: unknown): boolean {
  return error instanceof StorageError &&
    error.code === "COMMITTED_NOT_PUBLISHED";
}
