import type { FileOperations } from "./file_operations.ts";

/** How a file is written. */
export interface WriteFileOptions {
  files: FileOperations;
  /** Whether its data is on the disk before this resolves. */
  sync: boolean;
}

/**
 * Writes a file that must not exist yet. While a chunk is being written the
 * next one is made, so a chunk has to stay as it is until the one after the
 * next is asked for.
 *
 * @returns Its size in bytes.
 */
export async function writeFile(
  path: string,
  chunks: Iterable<Uint8Array>,
  { files, sync }: WriteFileOptions,
): Promise<number> {
  using file = await files.open(path, { write: true, createNew: true });
  let sizeBytes = 0;
  let written = Promise.resolve();
  for (const chunk of chunks) {
    await written;
    sizeBytes += chunk.length;
    written = writeAll(file, chunk);
    // Whoever awaits it next reports it; until then it is not unhandled.
    written.catch(() => {});
  }
  await written;
  if (sync) await file.syncData();
  return sizeBytes;
}

/** Makes the entries of a directory last through a power failure. */
export async function syncDirectory(
  path: string,
  files: FileOperations,
): Promise<void> {
  using directory = files.openSync(path, { read: true });
  await directory.sync();
}

async function writeAll(
  file: Pick<Deno.FsFile, "write">,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    at += await file.write(bytes.subarray(at));
  }
}
