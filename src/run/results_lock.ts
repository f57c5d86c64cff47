import { StorageError } from "../model/errors.ts";
import { throwIfAborted } from "../model/interruption.ts";
import type { RunAccess } from "./run_access.ts";

/** Between two tries, in milliseconds: whoever has it makes one rename. */
const PAUSE_MS = 1;

/**
 * Does something while the results directory is locked: `"shared"` by those who
 * make one new run, so that a batch, which has it for itself, sees each of its
 * new runs as not there until it is committed. Held for a rename.
 *
 * @throws {StorageError} `LOCKED`: it was not to be had in time.
 * @throws {Interruption} The signal was aborted while it waited.
 */
export async function withResultsLock<T>(
  resultsDir: string,
  { files, lockTimeoutMs }: RunAccess,
  kind: "shared" | "exclusive",
  signal: AbortSignal | undefined,
  work: (results: Deno.FsFile) => Promise<T>,
): Promise<T> {
  const deadlineMs = performance.now() + lockTimeoutMs;
  using results = files.openSync(resultsDir, { read: true });
  while (!results.tryLockSync(kind === "exclusive")) {
    throwIfAborted(signal);
    if (performance.now() >= deadlineMs) {
      throw new StorageError(
        `Cannot save in "${resultsDir}": another writer has locked it for ` +
          `${lockTimeoutMs} ms; try again, or end that process`,
        { code: "LOCKED", path: resultsDir },
      );
    }
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
  }
  return await work(results);
}
