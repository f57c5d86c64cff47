import type { FileAccess, FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { syncDirectory } from "../disk/sync_directory.ts";

/** What the directory of a catalog is called. */
export const CATALOG_NAME = ".catalog";

/** What the log of changes in it is called. */
export const CHANGES_NAME = "changes";

/** A run that may have changed, or will while the stage is there. */
export interface AnnouncedChange {
  /** Name of the stage. */
  readonly stage: string;
  readonly runId: string;
}

/** Lines of a log from some byte on. */
export interface ReadChanges {
  /** Tells this log from every other one; `undefined` where it is no log. */
  readonly epoch: string | undefined;
  readonly changes: readonly AnnouncedChange[];
  /** After the last whole line that was read. */
  readonly endBytes: number;
}

const HEADER = /^hil-metrics changes 1 ([0-9a-f-]{36})\n$/;

/** Bytes of the first line. */
const HEADER_BYTES = 59;

/** Bytes read in one go. */
const READ_BYTES = 256 * 1024;

/** A stage and a run id, which holds no control character. */
const LINE = /^(stage-[0-9a-f-]{36}) (.+)$/;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The first line of a log. */
export function changeLogHeader(epoch: string): Uint8Array {
  return encoder.encode(`hil-metrics changes 1 ${epoch}\n`);
}

/**
 * Says in the log of changes, if the results directory has a catalog, which run
 * a stage is about to change. A log that cannot be written is taken away, so
 * that no catalog passes for fresh.
 *
 * It fails only where even that may not last, as where no descriptor is left:
 * a change that is not made is better than one that its catalog denies.
 *
 * The stage has to be there: who starts a new log waits for those there are.
 */
export async function announceChange(
  resultsDir: string,
  { stage, runId }: AnnouncedChange,
  access: FileAccess,
): Promise<void> {
  const directory = `${resultsDir}/${CATALOG_NAME}`;
  const log = `${directory}/${CHANGES_NAME}`;
  const { files } = access;
  try {
    // A link is no catalog of this directory.
    if (!lookAt(directory, files)?.isDirectory) return;
    if (!lookAt(log, files)?.isFile) return;
    // What an earlier write left of a line ends where this one begins.
    await append(log, encoder.encode(`\n${stage} ${runId}\n`), access);
  } catch {
    await takeAway(directory, log, access);
  }
}

/** Reads whole lines, as many as one read brings. */
export function readChanges(
  log: string,
  fromBytes: number,
  files: FileOperations,
): ReadChanges {
  using file = files.openSync(log, { read: true });
  const epoch = HEADER.exec(decoder.decode(read(file, HEADER_BYTES)))?.[1];
  const from = Math.max(fromBytes, HEADER_BYTES);
  if (from > HEADER_BYTES) file.seekSync(from, SEEK_START);
  const bytes = read(file, READ_BYTES);
  const length = bytes.lastIndexOf(NEWLINE) + 1;
  const changes = decoder.decode(bytes.subarray(0, length)).split("\n")
    .flatMap((line) => {
      const [, stage, runId] = LINE.exec(line) ?? [];
      return runId === undefined ? [] : [{ stage: stage!, runId }];
    });
  return { epoch, changes, endBytes: from + length };
}

const SEEK_START = 0;
const NEWLINE = "\n".charCodeAt(0);

async function append(
  log: string,
  line: Uint8Array,
  { files, sync }: FileAccess,
): Promise<void> {
  using file = await files.open(log, { append: true });
  // The rest of a line would stand behind one of another process.
  if (await file.write(line) !== line.length) {
    throw new Deno.errors.WriteZero("the line was cut off");
  }
  if (sync) await file.syncData();
}

async function takeAway(
  directory: string,
  log: string,
  { files, sync }: FileAccess,
): Promise<void> {
  try {
    if (!lookAt(directory, files)?.isDirectory) return;
    await files.remove(log);
  } catch {
    // Somebody has taken the permission to.
    return;
  }
  if (sync) await syncDirectory(directory, files);
}

function read(file: Deno.FsFile, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let count = 0;
  while (count < length) {
    const taken = file.readSync(bytes.subarray(count));
    if (taken === null) break;
    count += taken;
  }
  return bytes.subarray(0, count);
}
