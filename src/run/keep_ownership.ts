import { adoptOwnership } from "../disk/adopt_ownership.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { CSV_NAME, type RunPaths, SUMMARY_NAME } from "./run_paths.ts";

/** Gives the files of a prepared pair the owner and mode of those they replace. */
export async function keepOwnership(
  stage: string,
  paths: RunPaths,
  files: FileOperations,
): Promise<void> {
  for (const name of [CSV_NAME, SUMMARY_NAME]) {
    const replaced = lookAt(`${paths.directory}/${name}`, files);
    const path = `${stage}/${name}`;
    const own = replaced && lookAt(path, files);
    if (own) await adoptOwnership(path, own, replaced, files);
  }
}
