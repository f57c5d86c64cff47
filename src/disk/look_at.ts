import type { FileOperations } from "./file_operations.ts";

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
