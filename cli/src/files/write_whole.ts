import { DataError } from "../terminal/data_error.ts";
import { UsageError } from "../terminal/usage_error.ts";

/**
 * Writes a file of which there is the old one or the new one, never a part. A
 * link is followed; into a pipe or device it is written as it comes, since what
 * replaces those would stand in everybody's way.
 *
 * @throws {DataError} It cannot be written.
 * @throws {UsageError} The path is empty.
 */
export async function writeWhole(
  path: string,
  content: string | AsyncIterable<string | Uint8Array>,
): Promise<void> {
  if (path === "") throw new UsageError("The file to write has no name");
  const pieces = encoded(typeof content === "string" ? [content] : content);
  try {
    const old = await statOf(path);
    if (old?.isDirectory) {
      throw new DataError(`Cannot write ${path}: it is a directory`);
    }
    if (old !== undefined && !old.isFile) {
      const file = await Deno.open(path, { write: true });
      await ReadableStream.from(pieces).pipeTo(file.writable);
      return;
    }
    await replace(await whereLinksLead(path), pieces, old?.mode);
  } catch (error) {
    if (!(error instanceof Error) || !isOfSystem(error)) throw error;
    throw new DataError(`Cannot write ${path}: ${error.message}`);
  }
}

async function replace(
  path: string,
  pieces: AsyncIterable<Uint8Array>,
  mode: number | null = null,
): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}.tmp`;
  try {
    const file = await Deno.open(draft, {
      ...{ write: true, createNew: true },
      ...(mode !== null && { mode: mode & 0o777 }),
    });
    await ReadableStream.from(pieces).pipeTo(file.writable);
    await Deno.rename(draft, path);
  } catch (error) {
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}

/** What is there, links followed. */
async function statOf(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    const isLink = await Deno.lstat(path).then(
      (it) => it.isSymlink,
      () => false,
    );
    if (!isLink) return undefined;
    throw new DataError(
      `Cannot write ${path}: it is a link that leads nowhere`,
    );
  }
}

async function whereLinksLead(path: string): Promise<string> {
  const isLink = await Deno.lstat(path).then((it) => it.isSymlink, () => false);
  return isLink ? await Deno.realPath(path) : path;
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
