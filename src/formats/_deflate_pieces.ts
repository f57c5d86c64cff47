import { turns } from "../event_loop/turns.ts";
import type { ByteChunks } from "./csv_codec.ts";

/** What is compressed at a time: 0.3 ms of work. */
const PIECE_BYTES = 16 * 1024;

/**
 * The bytes in pieces that a `CompressionStream` may be given, with others let
 * in after each.
 *
 * Note: it works on the event loop's own thread and lets nobody else in, however
 * much it is given.
 */
export async function* deflatePieces(
  chunks: ByteChunks,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield chunk.subarray(at, at + PIECE_BYTES);
      if (turns.isOver) await turns.next();
    }
    if (turns.isOver) await turns.next();
  }
}
