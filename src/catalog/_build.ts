import { adoptOwnership, sharedDirectory } from "../disk/adopt_ownership.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { requireDirectory } from "../disk/require_directory.ts";
import { syncDirectory } from "../disk/sync_directory.ts";
import { writeFile } from "../disk/write_file.ts";
import { StorageError } from "../model/errors.ts";
import { throwIfAborted } from "../model/interruption.ts";
import { changeLogHeader } from "../run/change_log.ts";
import { directoriesIn, runsInBatches } from "../store/list_runs.ts";
import type { CatalogPaths } from "./_catalog_paths.ts";
import { CATALOG_VERSION } from "./_database.ts";
import { type CatalogIndex, fileOf, turn } from "./_index.ts";
import { pauseAtRandom } from "./_pause.ts";
import { putRuns } from "./_update.ts";
import { shareWithAll, withWriter } from "./_writer.ts";

/**
 * Makes the catalog anew, by reading every run.
 *
 * Who changes a run looks for a log while its stage is there. So when those
 * that were there as the new log began are gone, every change that was not
 * announced in it has been made, and is read.
 *
 * @returns How many runs there are; `undefined` where another process has made
 * the catalog while this one waited.
 */
export async function build(
  index: CatalogIndex,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const { paths, files } = index;
  await makeDirectory(paths, files);
  const fileNow = () => {
    const there = lookAt(paths.database, files);
    return there && fileOf(there);
  };
  const before = fileNow();
  const options = { timeoutMs: Infinity, signal };
  return await withWriter(paths, files, options, async (writer) => {
    if (writer.isSealed && fileNow() !== before) return undefined;
    index.close();
    // Before anything is there that could be taken for a catalog.
    await writer.unseal();
    await removeFile(paths.database, files);
    await removeFile(paths.journal, files);
    const epoch = crypto.randomUUID();
    await beginLog(paths, files, epoch);
    const log = files.lstatSync(paths.changes);
    await earlierStages(paths, files, signal);
    await syncDirectory(paths.resultsDir, files);

    const path = paths.database;
    (await files.open(path, { write: true, createNew: true })).close();
    await shareWithAll(path, paths, files);
    const db = index.database();
    if (db === undefined) throw new Error("the new database is not to be had");
    await db.write(() => {
      db.create({
        ...{ version: CATALOG_VERSION, directory: index.identity() },
        ...{ isComplete: 0, epoch, logFile: fileOf(log) },
        ...{ consumedBytes: log.size, seenBytes: log.size, namesMs: null },
        ...{ runCount: 0, sequence: 1 },
      });
    });
    // Those may be on their way into place.
    await putRuns(index, db, await runsInBatches(paths.resultsDir, files));
    for await (const names of directoriesIn(paths.resultsDir, files)) {
      await turn(signal);
      await putRuns(index, db, names);
    }
    await db.write(() => {
      db.changeMeta(() => ({ isComplete: 1 }));
    });
    await writer.seal();
    return db.read((meta) => meta.runCount);
  });
}

async function makeDirectory(
  { directory, resultsDir }: CatalogPaths,
  files: FileOperations,
): Promise<void> {
  requireDirectory(directory, files);
  if (lookAt(directory, files) !== undefined) return;
  try {
    await files.mkdir(directory);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    return requireDirectory(directory, files);
  }
  const wanted = sharedDirectory(files.statSync(resultsDir));
  await adoptOwnership(directory, files.lstatSync(directory), wanted, files);
  await syncDirectory(resultsDir, files);
}

/** Puts a new log in the place of the one there is. */
async function beginLog(
  paths: CatalogPaths,
  files: FileOperations,
  epoch: string,
): Promise<void> {
  const draft = `${paths.directory}/changes-${epoch}`;
  if (lookAt(paths.changes, files)?.isDirectory) {
    throw unsafe(paths.changes);
  }
  try {
    const opening = files.open(draft, { write: true, createNew: true });
    await writeFile(opening, [changeLogHeader(epoch)], true);
    await shareWithAll(draft, paths, files);
    await files.rename(draft, paths.changes);
  } catch (error) {
    await files.remove(draft).catch(() => {});
    throw error;
  }
  await syncDirectory(paths.directory, files);
}

/** Waits for those who are changing runs now. */
async function earlierStages(
  { staging }: CatalogPaths,
  files: FileOperations,
  signal: AbortSignal | undefined,
): Promise<void> {
  if (!lookAt(staging, files)?.isDirectory) return;
  const names: string[] = [];
  for await (const { name } of files.readDir(staging)) names.push(name);
  for (const name of names) {
    while (isHeld(`${staging}/${name}`, files)) {
      throwIfAborted(signal);
      await pauseAtRandom();
    }
  }
}

/** Whether a stage or lock file is there, and not a dead process's. */
function isHeld(path: string, files: FileOperations): boolean {
  const there = lookAt(path, files);
  if (!there?.isDirectory && !there?.isFile) return false;
  try {
    using file = files.openSync(path, { read: true });
    return !file.tryLockSync(false);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function removeFile(
  path: string,
  files: FileOperations,
): Promise<void> {
  const there = lookAt(path, files);
  if (there === undefined) return;
  if (there.isDirectory) throw unsafe(path);
  await files.remove(path);
}

function unsafe(path: string): StorageError {
  return new StorageError(
    `Cannot write the catalog: "${path}" is a directory`,
    { code: "UNSAFE_PATH", path },
  );
}
