import { ensureDir } from "@std/fs/ensure-dir";
import { StorageError } from "../errors.ts";
import { Turn } from "../sliced.ts";
import type { FileOperations } from "./file_operations.ts";
import { gzip } from "./gzip.ts";
import { lookAt } from "./look_at.ts";
import { parentDirectory } from "./path.ts";
import { writeFile } from "./write_file.ts";

/** How a file is replaced. */
export interface ReplaceFileOptions {
  files: FileOperations;
  /** Whether it is compressed. */
  isGzip: boolean;
}

/**
 * Writes a file beside the one at this path and puts it in its place, so that
 * there is always the old one or the new one, and makes its directory where
 * needed.
 */
export async function replaceFile(
  path: string,
  chunks: Iterable<Uint8Array>,
  { files, isGzip }: ReplaceFileOptions,
): Promise<void> {
  if (lookAt(path, files)?.isFile === false) {
    throw new StorageError(
      `Cannot write "${path}": something else than a regular file is there`,
      { code: "UNSAFE_PATH", path },
    );
  }
  const directory = parentDirectory(path);
  await ensureDir(directory);
  const draft = `${directory}/.${crypto.randomUUID()}.tmp`;
  try {
    const opening = files.open(draft, { write: true, createNew: true });
    const turn = new Turn();
    const contents = isGzip ? gzip(chunks, turn) : chunks;
    await writeFile(opening, contents, { sync: true, turn });
    await files.rename(draft, path);
  } catch (error) {
    await files.remove(draft).catch(() => {});
    throw error;
  }
}
