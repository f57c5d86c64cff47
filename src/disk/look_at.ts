import type { FileOperations } from "./file_operations.ts";

/**
 * Links that a directory without subdirectories has: `.` and its own name. On
 * most file systems; elsewhere every directory has 1.
 */
export const LINKS_OF_LEAF = 2;

/** What is at this path, without following a link; `undefined` for nothing. */
export function lookAt(
  path: string,
  files: FileOperations,
): Deno.FileInfo | undefined {
  try {
    return files.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
