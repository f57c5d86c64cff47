import { Turn } from "../sliced.ts";
import type { FileAccess, FileOperations } from "./file_operations.ts";

/**
 * Writes a file that must not exist yet. It is being opened while the first
 * chunk is made, and each chunk is being written while the next one is, so a
 * chunk has to stay as it is until the one after the next is asked for. One
 * without bytes is a point where others may run.
 *
 * @returns Its size in bytes.
 */
export async function writeFile(
  path: string,
  chunks: Iterable<Uint8Array> | Promise<Iterable<Uint8Array>>,
  { files, sync }: FileAccess,
): Promise<number> {
  const opening = files.open(path, { write: true, createNew: true });
  // Whoever awaits it next reports it; until then it is not unhandled.
  opening.catch(() => {});
  const turn = new Turn();
  try {
    let sizeBytes = 0;
    let written = Promise.resolve();
    for (const chunk of await chunks) {
      if (chunk.length > 0) {
        const file = await opening;
        await written;
        sizeBytes += chunk.length;
        written = writeAll(file, chunk);
        written.catch(() => {});
      }
      if (turn.isOver) await turn.next();
    }
    await written;
    if (sync) await (await opening).syncData();
    return sizeBytes;
  } finally {
    (await opening.catch(() => undefined))?.close();
  }
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
    const taken = await file.write(bytes.subarray(at));
    if (taken === 0) throw new Deno.errors.WriteZero("no byte was written");
    at += taken;
  }
}
