import { StorageError } from "../model/errors.ts";
import type { FileOperations } from "./file_operations.ts";
import { lookAt } from "./look_at.ts";
import { parentDirectory } from "./path.ts";
import { type Chunks, writeFile } from "./write_file.ts";

/**
 * Writes a file beside the one at this path and puts it in its place, so that
 * there is always the old one or the new one, and makes its directory where
 * needed.
 */
export async function replaceFile(
  path: string,
  chunks: Chunks,
  files: FileOperations,
): Promise<void> {
  if (lookAt(path, files)?.isFile === false) {
    throw new StorageError(
      `Cannot write "${path}": something else than a regular file is there`,
      { code: "UNSAFE_PATH", path },
    );
  }
  const directory = parentDirectory(path);
  await files.ensureDir(directory);
  const draft = `${directory}/.${crypto.randomUUID()}.tmp`;
  try {
    const opening = files.open(draft, { write: true, createNew: true });
    await writeFile(opening, chunks, true);
    await files.rename(draft, path);
  } catch (error) {
    await files.remove(draft).catch(() => {});
    throw error;
  }
}
