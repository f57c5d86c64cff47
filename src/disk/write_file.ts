import { alongside } from "../event_loop/alongside.ts";
import { turns } from "../event_loop/turns.ts";

/** Bytes of a file in the order in which they are written. */
export type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/**
 * Writes a file that is being opened, and closes it. Two chunks are made
 * meanwhile, and each is being written while the next one is made, so a chunk
 * has to stay as it is until the second one with bytes after it has been asked
 * for. One without bytes is a point where others may run.
 */
export async function writeFile(
  opening: Promise<Deno.FsFile>,
  chunks: Chunks,
  sync: boolean,
): Promise<void> {
  alongside(opening);
  let writing = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      if (chunk.length > 0) {
        await writing;
        writing = alongside(opening.then((file) => writeAll(file, chunk)));
        // Hands it over before the next one is made.
        await undefined;
      }
      if (turns.isOver) await turns.next();
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

/** Writes all of these bytes, in as many writes as it takes. */
export async function writeAll(
  file: Pick<Deno.FsFile, "write">,
  bytes: Uint8Array,
): Promise<void> {
  for (let at = 0; at < bytes.length;) {
    const taken = await file.write(bytes.subarray(at));
    if (taken === 0) throw new Deno.errors.WriteZero("no byte was written");
    at += taken;
  }
}
