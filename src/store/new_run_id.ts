import { adoptOwnership, sharedFile } from "../disk/adopt_ownership.ts";
import { lookAt } from "../disk/look_at.ts";
import { requireRunId } from "../run/run_paths.ts";
import type { ResultsDirectory } from "./results_directory.ts";

/** Where the time of the last id that was given in a directory is kept. */
const LAST_ID_NAME = ".last-run-id";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * An id that sorts after all that were given in the directory with the same
 * prefix: the time to the millisecond, or the one after the last id's where
 * clocks have gone back.
 */
export function newRunId(
  directory: ResultsDirectory,
  prefix: string | undefined,
): string {
  const start = prefix === undefined ? "" : `${prefix}_`;
  requireRunId(start + spell(0));
  const lastMs = Math.max(directory.lastIdMs, keptIdMs(directory));
  const idMs = Math.max(Math.floor(directory.now() * 1000), lastMs + 1);
  directory.lastIdMs = idMs;
  keepIdMs(directory);
  return start + spell(idMs);
}

/**
 * Keeps the time of the last id for other processes, as far as it may, once
 * the directory is there.
 */
export function keepIdMs(directory: ResultsDirectory): void {
  try {
    const { lastIdMs, files, staging } = directory;
    if (lastIdMs <= keptIdMs(directory)) return;
    const path = `${staging}/${LAST_ID_NAME}`;
    if (!lookAt(staging, files)?.isDirectory) return;
    const isNew = lookAt(path, files) === undefined;
    files.writeFileSync(path, encoder.encode(String(lastIdMs)));
    if (isNew) share(path, directory);
  } catch {
    // Another account's; this process knows it all the same.
  }
}

/** `20261125T180023123Z`, and what tells ids of one millisecond apart. */
function spell(timeMs: number): string {
  const time = new Date(timeMs).toISOString().replace(/[-:.]/g, "");
  return `${time}_${crypto.randomUUID().slice(0, 4)}`;
}

function keptIdMs({ files, staging }: ResultsDirectory): number {
  try {
    const path = `${staging}/${LAST_ID_NAME}`;
    if (!lookAt(path, files)?.isFile) return 0;
    const timeMs = Number(decoder.decode(files.readFileSync(path)));
    return Number.isSafeInteger(timeMs) && timeMs < MAX_TIME_MS ? timeMs : 0;
  } catch {
    return 0;
  }
}

/** The last time that a date can spell with four digits of a year. */
const MAX_TIME_MS = 253_402_300_799_000;

function share(path: string, { files, path: results }: ResultsDirectory): void {
  const wanted = sharedFile(files.statSync(results), 0);
  const own = files.lstatSync(path);
  // Nobody has to wait for it: it is wanted by other accounts only.
  adoptOwnership(path, own, wanted, files).catch(() => {});
}
