import type { FileOperations } from "./file_operations.ts";

/** Whether the file has not been removed, and perhaps made anew, meanwhile. */
export async function isAtPath(
  path: string,
  file: Deno.FsFile,
  files: FileOperations,
): Promise<boolean> {
  try {
    const held = await file.stat();
    const there = files.lstatSync(path);
    return held.ino === there.ino && held.dev === there.dev;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
