import type { FileOperations } from "./file_operations.ts";

/** Removes a file or an empty directory, unless there is none. */
export async function removeIfThere(
  path: string,
  files: FileOperations,
): Promise<void> {
  try {
    await files.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
