import type { FileOperations } from "../disk/file_operations.ts";
import { Xxh32 } from "../formats/xxh32.ts";
import { throwIfAborted } from "../model/interruption.ts";
import type { RawCsvStamp } from "../model/metrics.ts";
import { alongside } from "../work/alongside.ts";
import { runInSlices } from "../work/turns.ts";

const CHUNK_BYTES = 512 * 1024;

/**
 * Hands on a file, while the next piece of it is being read.
 *
 * @returns Its size and checksum.
 */
export async function readThrough(
  path: string,
  files: FileOperations,
  take: (bytes: Uint8Array, sizeBytes: number) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<RawCsvStamp> {
  using file = await files.open(path, { read: true });
  const hash = new Xxh32();
  let sizeBytes = 0;
  // One buffer is decoded while the other is being filled.
  let current = new Uint8Array(CHUNK_BYTES);
  let next = new Uint8Array(CHUNK_BYTES);
  let length = await file.read(current);
  while (length !== null) {
    throwIfAborted(signal);
    const filled = current.subarray(0, length);
    const reading = alongside(file.read(next));
    try {
      sizeBytes += length;
      await runInSlices(hash.update(filled), signal);
      await take(filled, sizeBytes);
    } finally {
      // The file must not be closed under a read.
      await reading.catch(() => {});
    }
    length = await reading;
    [current, next] = [next, current];
  }
  return { size_bytes: sizeBytes, xxh32: hash.digest() };
}
