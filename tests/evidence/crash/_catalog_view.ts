import { readChanges } from "../../../src/run/change_log.ts";
import { diskOf, type Image } from "./_disk.ts";
import { MemoryFiles } from "./_memory_files.ts";
import { NEW_LOG, RUN_ID } from "./_runs.ts";

/**
 * Whether a catalog that knew the run at the start of its log has no reason to
 * look at it again: the log is there, and does not name it. A catalog without
 * its log is not used.
 */
export function passesForFresh(image: Image): boolean {
  const files = new MemoryFiles(diskOf(image), { mount: "/disk" });
  const log = "/disk/results/.catalog/changes";
  try {
    const { epoch, changes } = readChanges(log, NEW_LOG.length, files);
    return epoch !== undefined && !changes.some((it) => it.runId === RUN_ID);
  } catch {
    return false;
  }
}
