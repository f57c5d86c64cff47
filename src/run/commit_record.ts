import type { FileOperations } from "../disk/file_operations.ts";
import { lookAt } from "../disk/look_at.ts";
import { xxh32 } from "../formats/xxh32.ts";
import type { RawCsvStamp } from "../model/metrics.ts";
import { readChunks } from "./read_chunks.ts";
import { readThrough } from "./read_through.ts";
import type { RunPaths } from "./run_paths.ts";

/** What a run has in its place. */
export interface ReplacedPair {
  /** Its summary; null where it has none. */
  readonly summary: RawCsvStamp | null;
  /** Size of its plain CSV; null where it has none. */
  readonly csv_bytes: number | null;
  /** Mode of its files; not part of the record. */
  readonly mode: number | null;
}

/**
 * What a save that overwrites a run leaves beside its pair until that is in
 * place. By it, whoever finishes the commit after a crash knows whether another
 * program has saved the run in place since, or is about to.
 */
export interface CommitRecord {
  readonly version: 1;
  /** The summary that was committed. */
  readonly summary: RawCsvStamp;
  /** The summary that it replaces; null where the run had none. */
  readonly replaces: RawCsvStamp | null;
  /** Size of the plain CSV that it replaces; null where the run had none. */
  readonly replaces_csv_bytes: number | null;
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

/** The record of a commit. */
export function recordOf(
  summary: RawCsvStamp,
  replaces: ReplacedPair,
): CommitRecord {
  return {
    version: 1,
    summary: { size_bytes: summary.size_bytes, xxh32: summary.xxh32 },
    replaces: replaces.summary,
    replaces_csv_bytes: replaces.csv_bytes,
  };
}

/** What the run has in its place now. */
export async function describePair(
  paths: RunPaths,
  files: FileOperations,
): Promise<ReplacedPair> {
  const summary = lookAt(paths.summary, files);
  const csv = lookAt(paths.csv, files);
  return {
    summary: await stampOfSummary(paths, summary, files),
    csv_bytes: csv?.isFile ? csv.size : null,
    mode: (csv ?? summary)?.mode ?? null,
  };
}

/** Whether both are the same, as far as the record says. */
export function isSamePair(a: ReplacedPair, b: ReplacedPair): boolean {
  return isSameStamp(a.summary, b.summary) && a.csv_bytes === b.csv_bytes;
}

async function stampOfSummary(
  paths: RunPaths,
  info: Deno.FileInfo | undefined,
  files: FileOperations,
): Promise<RawCsvStamp | null> {
  try {
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
