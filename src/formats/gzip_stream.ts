import { turns } from "../event_loop/turns.ts";
import { ByteTransform } from "./_byte_transform.ts";
import { deflatePieces } from "./_deflate_pieces.ts";
import type { ByteChunks } from "./csv_codec.ts";

/**
 * Compresses to gzip of one member, for readers that take no more, such as a
 * `DecompressionStream`. The codec `gzip` takes it, too, but can't tell before
 * it is read how much will come out.
 *
 * @param chunks Each stays as it is until the next one is asked for.
 */
export async function* gzipStream(
  chunks: ByteChunks,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  // The first in a process takes 2 ms.
  await using compressing = new ByteTransform(new CompressionStream("gzip"));
  if (turns.isOver) await turns.next();
  for await (const piece of deflatePieces(chunks)) {
    await compressing.write(piece);
    yield* compressing.takeOutputs();
  }
  await compressing.finish();
  yield* compressing.takeOutputs();
}
