import type { FileOperations } from "./file_operations.ts";

/** Makes the entries of a directory last through a power failure. */
export async function syncDirectory(
  path: string,
  files: FileOperations,
): Promise<void> {
  using directory = files.openSync(path, { read: true });
  await directory.sync();
}
