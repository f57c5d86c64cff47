import { Xxh32 } from "../formats/xxh32.ts";
import type { RawCsvStamp } from "../model/metrics.ts";
import { runInSlices } from "../event_loop/turns.ts";

/**
 * Hands on chunks, each as soon as it is in the checksum.
 *
 * @returns The size of all of them, and the checksum.
 */
export async function readThrough(
  chunks: AsyncIterable<Uint8Array>,
  take: (bytes: Uint8Array, sizeBytes: number) => Promise<void>,
  signal: AbortSignal | undefined,
): Promise<RawCsvStamp> {
  const hash = new Xxh32();
  let sizeBytes = 0;
  for await (const chunk of chunks) {
    if (chunk.length === 0) continue;
    sizeBytes += chunk.length;
    await runInSlices(hash.update(chunk), signal);
    await take(chunk, sizeBytes);
  }
  return { size_bytes: sizeBytes, xxh32: hash.digest() };
}
