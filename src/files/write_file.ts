import { alongside, type Turn } from "../sliced.ts";
import type { FileOperations } from "./file_operations.ts";

/** How a file is written. */
export interface WriteFileOptions {
  /** Whether it has to last through a power failure. */
  sync: boolean;
  /** The turn of the event loop that the work is part of. */
  turn: Turn;
}

/**
 * Writes a file that is being opened, and closes it. Two chunks are made
 * meanwhile, and each is being written while the next one is made, so a chunk
 * has to stay as it is until the second one with bytes after it has been asked
 * for. One without bytes is a point where others may run.
 */
export async function writeFile(
  opening: Promise<Deno.FsFile>,
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  { sync, turn }: WriteFileOptions,
): Promise<void> {
  alongside(opening);
  let writing = Promise.resolve();
  try {
    for await (
      const chunk of Symbol.asyncIterator in chunks
        ? chunks
        : worthwhile(chunks, turn)
    ) {
      if (chunk.length > 0) {
        await writing;
        writing = alongside(opening.then((file) => writeAll(file, chunk)));
        // Hands it over before the next one is made.
        await undefined;
      }
      if (turn.isOver) await turn.next();
    }
    await writing;
    const file = await opening;
    if (sync) await file.syncData();
  } finally {
    // The file must not be closed under a write.
    await writing.catch(() => {});
    (await opening.catch(() => undefined))?.close();
  }
}

/** Leaves out chunks without bytes at which nobody has to wait. */
function* worthwhile(
  chunks: Iterable<Uint8Array>,
  turn: Turn,
): Generator<Uint8Array> {
  for (const chunk of chunks) {
    if (chunk.length > 0 || turn.isOver) yield chunk;
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
