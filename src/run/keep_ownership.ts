import { adoptOwnership } from "../disk/adopt_ownership.ts";
import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { CSV_NAMES, type RunPaths, SUMMARY_NAME } from "./run_paths.ts";

/**
 * Gives the files of a prepared pair the owner and mode of those they replace,
 * also where one is compressed and the other is not.
 */
export async function keepOwnership(
  stage: string,
  paths: RunPaths,
  csvName: string,
  files: FileOperations,
): Promise<void> {
  for (
    const [name, replacedNames] of [
      [csvName, CSV_NAMES],
      [SUMMARY_NAME, [SUMMARY_NAME]],
    ] as const
  ) {
    const replaced = replacedNames
      .map((it) => lookAt(`${paths.directory}/${it}`, files))
      .find((it) => it !== undefined);
    const path = `${stage}/${name}`;
    const own = replaced && lookAt(path, files);
    if (own) await adoptOwnership(path, own, replaced, files);
  }
}
