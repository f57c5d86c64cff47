import { DataError } from "../terminal/data_error.ts";

/**
 * Writes a file of which there is the old one or the new one, never a part.
 *
 * @throws {DataError} It cannot be written.
 */
export async function writeWhole(
  path: string,
  content: string | AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>,
): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await Deno.open(draft, { write: true, createNew: true });
    const chunks = typeof content === "string"
      ? [new TextEncoder().encode(content)]
      : content;
    await ReadableStream.from<Uint8Array>(chunks).pipeTo(file.writable);
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
