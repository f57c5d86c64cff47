import { adoptOwnership, sharedFile } from "../disk/adopt_ownership.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { isAtPath } from "../disk/is_at_path.ts";
import { lookAt } from "../disk/look_at.ts";
import { StorageError } from "../model/errors.ts";
import { throwIfAborted } from "../model/interruption.ts";
import type { CatalogPaths } from "./_catalog_paths.ts";
import { pauseAtRandom } from "./_pause.ts";

/** Who may write the catalog now. */
export interface Writer {
  /** Whether the database is as the writer before has left it. */
  readonly isSealed: boolean;
  /** Says, for good, that the database is being written. */
  unseal(): Promise<void>;
  /** Makes the database last, and says what it is now. */
  seal(): Promise<void>;
}

/** How long to wait. */
export interface WriterOptions {
  /** For another writer, in milliseconds. */
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

const SEAL_BYTES = 96;
const UNSEALED = "being written";
const SEEK_START = 0;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Does something while nobody else writes the catalog.
 *
 * SQLite itself would sync in this thread. Instead the seal is broken, which
 * lasts, before the database is written, and renewed when that was synced, both
 * beside the event loop. A broken seal that nobody has locked is that of a
 * writer who died: after a power failure the database may be anything.
 *
 * @throws {StorageError} `LOCKED`: another one has written for too long.
 */
export async function withWriter<T>(
  paths: CatalogPaths,
  files: FileOperations,
  { timeoutMs, signal }: WriterOptions,
  work: (writer: Writer) => Promise<T>,
): Promise<T> {
  const deadlineMs = performance.now() + timeoutMs;
  using file = await lockSeal(paths, files, deadlineMs, signal);
  const text = readText(file);
  const database = lookAt(paths.database, files);
  return await work({
    isSealed: database !== undefined && text === sealOf(database),
    unseal: async () => {
      await writeText(file, UNSEALED);
      await file.syncData();
    },
    seal: async () => {
      // Closing it drops the locks that this process has on it, of which there
      // are none between two turns of this thread.
      using written = await files.open(paths.database, { read: true });
      await written.syncData();
      await writeText(file, sealOf(files.lstatSync(paths.database)));
    },
  });
}

/** What the seal says of the database that this is. */
export function sealOf({ ino, size, mtime }: Deno.FileInfo): string {
  return `sealed ${ino}:${size}:${mtime?.getTime()}`;
}

/** What the seal says, and whether somebody is writing. */
export function readSeal(
  paths: CatalogPaths,
  files: FileOperations,
): { text: string; isLocked: boolean } | undefined {
  if (!lookAt(paths.seal, files)?.isFile) return undefined;
  using file = files.openSync(paths.seal, { read: true });
  const text = readText(file);
  return { text, isLocked: text === UNSEALED && !file.tryLockSync(false) };
}

async function lockSeal(
  paths: CatalogPaths,
  files: FileOperations,
  deadlineMs: number,
  signal: AbortSignal | undefined,
): Promise<Deno.FsFile> {
  for (;;) {
    throwIfAborted(signal);
    const file = await openSeal(paths, files);
    try {
      if (await file.tryLock(true) && await isAtPath(paths.seal, file, files)) {
        return file;
      }
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
    if (performance.now() >= deadlineMs) {
      throw new StorageError(
        `Cannot write the catalog: another process is writing it ` +
          `(${paths.seal})`,
        { code: "LOCKED", path: paths.seal },
      );
    }
    await pauseAtRandom();
  }
}

async function openSeal(
  paths: CatalogPaths,
  files: FileOperations,
): Promise<Deno.FsFile> {
  const there = lookAt(paths.seal, files);
  if (there === undefined) {
    const options = { read: true, write: true, createNew: true };
    try {
      const file = await files.open(paths.seal, options);
      await shareWithAll(paths.seal, paths, files);
      return file;
    } catch (error) {
      if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
    }
  } else if (!there.isFile) {
    throw new StorageError(
      `Cannot write the catalog: "${paths.seal}" is not a file`,
      { code: "UNSAFE_PATH", path: paths.seal },
    );
  }
  return await files.open(paths.seal, { read: true, write: true });
}

/** Lets all who may write in the results directory write this file. */
export async function shareWithAll(
  path: string,
  { resultsDir }: CatalogPaths,
  files: FileOperations,
): Promise<void> {
  const wanted = sharedFile(files.statSync(resultsDir), 0);
  await adoptOwnership(path, files.lstatSync(path), wanted, files);
}

function readText(file: Deno.FsFile): string {
  const bytes = new Uint8Array(SEAL_BYTES);
  file.seekSync(0, SEEK_START);
  const length = file.readSync(bytes) ?? 0;
  return decoder.decode(bytes.subarray(0, length)).trimEnd();
}

/** Over what is there: it then takes no more room than it has. */
async function writeText(file: Deno.FsFile, text: string): Promise<void> {
  await file.seek(0, SEEK_START);
  const bytes = encoder.encode(`${text.padEnd(SEAL_BYTES - 1)}\n`);
  const written = await file.write(bytes);
  if (written !== bytes.length) {
    throw new Deno.errors.WriteZero("the seal was cut off");
  }
}
