import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { streamed } from "./failures.ts";
import type { RunPaths } from "./run_paths.ts";

/**
 * Requires that nobody is streaming the run: a writer holds the lock of its
 * stream's directory as long as it lives.
 *
 * @throws {StorageError} `LOCKED`
 */
export function requireNotStreamed(
  paths: RunPaths,
  files: FileOperations,
): void {
  if (lookAt(paths.stream, files)?.isDirectory !== true) return;
  try {
    using directory = files.openSync(paths.stream, { read: true });
    // Shared, so that those who look do not take each other for a writer.
    if (!directory.tryLockSync(false)) throw streamed(paths);
  } catch (error) {
    // It has become the run since we looked.
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}
