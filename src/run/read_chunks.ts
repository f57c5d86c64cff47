import type { FileOperations } from "../disk/file_operations.ts";
import { throwIfAborted } from "../model/interruption.ts";
import { alongside } from "../event_loop/alongside.ts";

const CHUNK_BYTES = 512 * 1024;

/**
 * The bytes of a file, while the next piece of it is being read. Each piece
 * stays as it is until the next one is asked for.
 *
 * @throws {Interruption} The signal was aborted.
 */
export async function* readChunks(
  path: string,
  files: FileOperations,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  using file = await files.open(path, { read: true });
  yield* chunksOf(file, CHUNK_BYTES, signal);
}

/** The same from an open file, in pieces of that size. */
export async function* chunksOf(
  file: Deno.FsFile,
  chunkBytes: number,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  // One buffer is worked on while the other is being filled.
  let current = new Uint8Array(chunkBytes);
  let next = new Uint8Array(chunkBytes);
  let length = await file.read(current);
  while (length !== null) {
    throwIfAborted(signal);
    const reading = alongside(file.read(next));
    try {
      yield current.subarray(0, length);
    } finally {
      // The file must not be closed under a read.
      await reading.catch(() => {});
    }
    length = await reading;
    [current, next] = [next, current];
  }
}
