import { StorageError } from "../model/errors.ts";
import { adoptOwnership } from "./adopt_ownership.ts";
import type { FileOperations } from "./file_operations.ts";
import { isAtPath } from "./is_at_path.ts";
import { lookAt } from "./look_at.ts";
import { parentDirectory } from "./path.ts";
import { type Chunks, writeFile } from "./write_file.ts";

/** A file that is being written to take the place of another. */
const DRAFT_NAME =
  /^\.hil-metrics-[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\.tmp$/;

/** How often a draft may be swept away between being made and locked. */
const TRIES = 8;

/**
 * Writes a file beside the one at this path and puts it in its place, so that
 * there is always the old one or the new one, and makes its directory where
 * needed. The new one has the mode of the old one and, as far as the system
 * lets it, its owner. Drafts that dead processes left beside it are removed.
 */
export async function replaceFile(
  path: string,
  chunks: Chunks,
  files: FileOperations,
): Promise<void> {
  if (lookAt(path, files)?.isFile === false) {
    throw new StorageError(
      `Cannot write "${path}": something else than a regular file is there`,
      { code: "UNSAFE_PATH", path },
    );
  }
  const directory = parentDirectory(path);
  await files.ensureDir(directory);
  const { draft, lock } = await makeDraft(directory, files);
  try {
    await writeFile(files.open(draft, { write: true }), chunks, true);
    const replaced = lookAt(path, files);
    if (replaced !== undefined) {
      await adoptOwnership(draft, await lock.stat(), replaced, files);
    }
    await files.rename(draft, path);
  } catch (error) {
    await files.remove(draft).catch(() => {});
    throw error;
  } finally {
    lock.close();
  }
  await sweepDrafts(directory, files);
}

/** Makes a draft that is locked while this process needs it. */
async function makeDraft(
  directory: string,
  files: FileOperations,
): Promise<{ draft: string; lock: Deno.FsFile }> {
  for (let tries = 0; tries < TRIES; tries++) {
    const draft = `${directory}/.hil-metrics-${crypto.randomUUID()}.tmp`;
    const lock = await files.open(draft, { write: true, createNew: true });
    try {
      if (await lock.tryLock(true) && await isAtPath(draft, lock, files)) {
        return { draft, lock };
      }
    } catch (error) {
      lock.close();
      await files.remove(draft).catch(() => {});
      throw error;
    }
    lock.close();
  }
  throw new StorageError(
    `Cannot write to "${directory}": every draft made there was taken away`,
    { code: "LOCKED", path: directory },
  );
}

/** Removes the drafts that nobody has locked, as far as it may. */
async function sweepDrafts(
  directory: string,
  files: FileOperations,
): Promise<void> {
  try {
    for await (const { name, isFile } of files.readDir(directory)) {
      if (!isFile || !DRAFT_NAME.test(name)) continue;
      const path = `${directory}/${name}`;
      using draft = await files.open(path, { read: true });
      if (await draft.tryLock(true) && await isAtPath(path, draft, files)) {
        await files.remove(path);
      }
    }
  } catch {
    // The file is written; what is left beside it is not worth failing that.
  }
}
