import type { FileOperations } from "../disk/file_operations.ts";
import { isCsvName, RECORD_NAME, SUMMARY_NAME } from "./run_paths.ts";

/** Whether a directory holds nothing but files of a prepared pair. */
export async function isPair(
  directory: string,
  files: FileOperations,
): Promise<boolean> {
  for await (const { name, isFile } of files.readDir(directory)) {
    const isKnown = name === SUMMARY_NAME || name === RECORD_NAME ||
      isCsvName(name);
    if (!isFile || !isKnown) return false;
  }
  return true;
}
