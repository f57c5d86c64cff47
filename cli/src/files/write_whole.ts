import { DataError } from "../terminal/data_error.ts";

/**
 * Writes a file of which there is the old one or the new one, never a part.
 *
 * @throws {DataError} It cannot be written.
 */
export async function writeWhole(
  path: string,
  content: string | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await Deno.open(draft, { write: true, createNew: true });
    const pieces = typeof content === "string" ? [content] : content;
    await ReadableStream.from(encoded(pieces)).pipeTo(file.writable);
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    if (!(error instanceof Error) || !isOfSystem(error)) throw error;
    throw new DataError(`Cannot write ${path}: ${error.message}`);
  }
}

/** Whether the system has refused something, rather than the content failed. */
function isOfSystem(error: Error): boolean {
  return /\(os error \d+\)|^Requires \w+ access/.test(error.message);
}

async function* encoded(
  pieces: Iterable<string> | AsyncIterable<string | Uint8Array>,
): AsyncGenerator<Uint8Array> {
  const encoder = new TextEncoder();
  for await (const piece of pieces) {
    yield typeof piece === "string" ? encoder.encode(piece) : piece;
  }
}
