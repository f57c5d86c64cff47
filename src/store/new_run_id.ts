import { sharedFile } from "../disk/adopt_ownership.ts";
import { lookAt } from "../disk/look_at.ts";
import { requireRunId } from "../run/run_paths.ts";
import type { ResultsDirectory } from "./results_directory.ts";

/** Where the time of the last id that was given in a directory is kept. */
const LAST_ID_NAME = ".last-run-id";

/** Digits of that time: it is written over in one piece. */
const DIGITS = 15;

/** The first time that takes five digits for its year. */
const END_MS = 253_402_300_800_000;

/** How often another process may hold the file; each holds it for microseconds. */
const TRIES = 100;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * An id that sorts after all that were given in the directory with the same
 * prefix: the time to the millisecond, or the one after the last id's where
 * clocks have gone back.
 *
 * @throws {RangeError} The year 9999 is over.
 */
export function newRunId(
  directory: ResultsDirectory,
  prefix: string | undefined,
): string {
  const start = prefix === undefined ? "" : `${prefix}_`;
  requireRunId(start + spell(0));
  const state = directory.stateToCome;
  const nowMs = Math.floor(directory.now() * 1000);
  using kept = openKept(directory);
  const lastMs = Math.max(state.lastIdMs, kept === undefined ? 0 : read(kept));
  const idMs = Math.max(nowMs, lastMs + 1);
  if (idMs >= END_MS) throw new RangeError("There is no later run id");
  if (kept !== undefined) write(kept, idMs);
  state.lastIdMs = idMs;
  return start + spell(idMs);
}

/**
 * Keeps the time of the last id for other processes, once the directory is
 * there and as far as it may.
 */
export function keepLastId(directory: ResultsDirectory): void {
  try {
    const { lastIdMs } = directory.stateToCome;
    if (lastIdMs === 0) return;
    using kept = openKept(directory);
    if (kept !== undefined && read(kept) < lastIdMs) write(kept, lastIdMs);
  } catch {
    // This process knows it all the same.
  }
}

/** `20261125T180023123Z`, and what tells ids of one millisecond apart. */
function spell(timeMs: number): string {
  const time = new Date(timeMs).toISOString().replace(/[-:.]/g, "");
  return `${time}_${crypto.randomUUID().slice(0, 4)}`;
}

/** The file, locked; `undefined` where it can't be had now. */
function openKept(directory: ResultsDirectory): Deno.FsFile | undefined {
  const { files, staging } = directory;
  const path = `${staging}/${LAST_ID_NAME}`;
  let file: Deno.FsFile | undefined;
  try {
    if (!files.mayWrite(path) || !lookAt(staging, files)?.isDirectory) {
      return undefined;
    }
    const there = lookAt(path, files);
    if (there === undefined) {
      const options = { read: true, write: true, createNew: true };
      file = files.openSync(path, options);
      share(path, file, directory);
    } else {
      // Opening a link would follow it, and opening a FIFO would not end.
      if (!there.isFile) return undefined;
      file = files.openSync(path, { read: true, write: true });
      const opened = file.statSync();
      if (opened.ino !== there.ino || opened.dev !== there.dev) {
        file.close();
        return undefined;
      }
    }
    for (let tries = 0; tries < TRIES; tries++) {
      if (file.tryLockSync(true)) return file;
    }
  } catch {
    // Another account's, or another process was faster.
  }
  file?.close();
  return undefined;
}

function read(file: Deno.FsFile): number {
  const bytes = new Uint8Array(DIGITS);
  file.seekSync(0, SEEK_START);
  const length = file.readSync(bytes) ?? 0;
  const timeMs = Number(decoder.decode(bytes.subarray(0, length)));
  return Number.isSafeInteger(timeMs) && timeMs < END_MS ? timeMs : 0;
}

function write(file: Deno.FsFile, timeMs: number): void {
  file.seekSync(0, SEEK_START);
  file.writeSync(encoder.encode(String(timeMs).padStart(DIGITS, "0")));
}

/** `Deno.SeekMode.Start`. */
const SEEK_START = 0;

function share(
  path: string,
  file: Deno.FsFile,
  { files, path: resultsDir }: ResultsDirectory,
): void {
  const { mode, uid, gid } = sharedFile(files.statSync(resultsDir), 0);
  if (mode === null) return;
  try {
    if (file.statSync().uid === 0) files.chownSync(path, uid, gid);
    files.chmodSync(path, mode);
  } catch {
    // Then it is for this account alone.
  }
}
