import { StorageError } from "../model/errors.ts";
import type { FileOperations } from "./file_operations.ts";
import { lookAt } from "./look_at.ts";

/**
 * Requires that there is a directory, or nothing, and no link to follow.
 *
 * @throws {StorageError} `UNSAFE_PATH`
 */
export function requireDirectory(path: string, files: FileOperations): void {
  if (lookAt(path, files)?.isDirectory !== false) return;
  throw new StorageError(
    `Cannot use "${path}": it is not a directory of its own`,
    { code: "UNSAFE_PATH", path },
  );
}
