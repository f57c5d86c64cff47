import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { xxh32 } from "../formats/xxh32.ts";
import type { RawCsvStamp } from "../model/metrics.ts";
import { readChunks } from "./read_chunks.ts";
import { readThrough } from "./read_through.ts";
import type { RunPaths } from "./run_paths.ts";

/**
 * What a save that overwrites a run leaves beside its pair until that is in
 * place. By it, whoever finishes the commit after a crash knows whether another
 * program has saved the run in place since.
 */
export interface CommitRecord {
  readonly version: 1;
  /** The summary that was committed. */
  readonly summary: RawCsvStamp;
  /** The summary that it replaces; null where the run had none. */
  readonly replaces: RawCsvStamp | null;
}

/** Stands for a summary that may not be read: any may be the same. */
const UNREADABLE: RawCsvStamp = { size_bytes: 0, xxh32: "unreadable" };

/** What is larger is read while others go on. */
const LARGE_BYTES = 256 * 1024;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The record as it stands in its file. */
export function encodeRecord(record: CommitRecord): Uint8Array {
  return encoder.encode(JSON.stringify(record));
}

/** The record of a commit; `undefined` where it has none that can be read. */
export function readRecord(
  paths: RunPaths,
  files: FileOperations,
): CommitRecord | undefined {
  const bytes = readIfFile(paths.pendingRecord, files);
  if (bytes === undefined) return undefined;
  try {
    const record = JSON.parse(decoder.decode(bytes)) as CommitRecord;
    const isKnown = record.version === 1 && isStamp(record.summary) &&
      (record.replaces === null || isStamp(record.replaces));
    return isKnown ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What the run's summary in its place is; null where there is none. */
export async function stampOfSummary(
  paths: RunPaths,
  files: FileOperations,
): Promise<RawCsvStamp | null> {
  try {
    const info = lookAt(paths.summary, files);
    if (info !== undefined && info.isFile && info.size > LARGE_BYTES) {
      const chunks = readChunks(paths.summary, files, undefined);
      return await readThrough(chunks, async () => {}, undefined);
    }
    const bytes = readIfFile(paths.summary, files);
    return bytes === undefined ? null : stampOf(bytes);
  } catch (error) {
    if (error instanceof Deno.errors.PermissionDenied) return UNREADABLE;
    throw error;
  }
}

/** Size and checksum of a file. */
export function stampOf(bytes: Uint8Array): RawCsvStamp {
  return { size_bytes: bytes.length, xxh32: xxh32(bytes) };
}

/** Whether two files are the same by size and checksum, as far as is known. */
export function isSameStamp(
  a: RawCsvStamp | null,
  b: RawCsvStamp | null,
): boolean {
  if (a === UNREADABLE || b?.xxh32 === UNREADABLE.xxh32) return true;
  return a?.size_bytes === b?.size_bytes && a?.xxh32 === b?.xxh32;
}

/** The bytes of a regular file; `undefined` where there is none. */
export function readIfFile(
  path: string,
  files: FileOperations,
): Uint8Array | undefined {
  if (!lookAt(path, files)?.isFile) return undefined;
  try {
    return files.readFileSync(path);
  } catch (error) {
    // Unless it was moved away since we looked, it may not be taken for missing.
    const isGone = error instanceof Deno.errors.NotFound &&
      lookAt(path, files) === undefined;
    if (isGone) return undefined;
    throw error;
  }
}

function isStamp(value: unknown): value is RawCsvStamp {
  const { size_bytes, xxh32 } = (value ?? {}) as Partial<RawCsvStamp>;
  return typeof size_bytes === "number" && typeof xxh32 === "string";
}
