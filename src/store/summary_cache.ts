import type { RunMetrics } from "../measurement.ts";

/** A summary that was read, and the file it was read from. */
interface CachedSummary {
  readonly metrics: Readonly<RunMetrics>;
  readonly file: Deno.FileInfo;
  readonly mtimeMs: number | undefined;
  readonly ctimeMs: number | undefined;
  /** Whether a later change of the file would show in its times. */
  readonly isSettled: boolean;
  /** Whether it was asked for since room was last needed. */
  used: boolean;
}

/** How many bytes of summary files the cache stands for at most. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * A file that changed this shortly before it was read may change again
 * without a new modification time, so its entry is never taken for fresh.
 * Kernels stamp files with the time of their last tick, up to 10 ms ago.
 */
const RACY_MS = 50;

/** Deno tells the time of a file's last change in whole seconds. */
const CTIME_STEP_MS = 1000;

const entries = new Map<string, CachedSummary>();
let totalBytes = 0;

/** The cached summary of the file at this path. */
export function cachedSummary(
  path: string,
): Readonly<RunMetrics> | undefined {
  const entry = entries.get(path);
  if (entry === undefined) return undefined;
  entry.used = true;
  return entry.metrics;
}

/** The cached summary, if its file is certainly the one it was read from. */
export function cachedSummaryOf(
  path: string,
  file: Deno.FileInfo,
): Readonly<RunMetrics> | undefined {
  const entry = entries.get(path);
  if (entry === undefined || !isSame(entry, file)) return undefined;
  entry.used = true;
  return entry.metrics;
}

/** Keeps a summary, at the cost of those not asked for lately. */
export function cacheSummary(
  path: string,
  metrics: Readonly<RunMetrics>,
  file: Deno.FileInfo,
): void {
  dropSummary(path);
  if (file.size > MAX_BYTES) return;
  const mtimeMs = file.mtime?.getTime();
  const ctimeMs = file.ctime?.getTime();
  // Anyone may set the one time; the other tells when that was done.
  const touchedMs = Math.max(
    mtimeMs ?? Infinity,
    (ctimeMs ?? 0) + CTIME_STEP_MS,
  );
  const isSettled = touchedMs + RACY_MS < Date.now();
  entries.set(path, {
    metrics,
    file,
    mtimeMs,
    ctimeMs,
    isSettled,
    used: false,
  });
  totalBytes += file.size;
  makeRoom();
}

/** Forgets the summary at this path. */
export function dropSummary(path: string): void {
  const entry = entries.get(path);
  if (entry === undefined) return;
  entries.delete(path);
  totalBytes -= entry.file.size;
}

function isSame(entry: CachedSummary, now: Deno.FileInfo): boolean {
  const then = entry.file;
  return entry.isSettled && entry.mtimeMs === now.mtime?.getTime() &&
    entry.ctimeMs === now.ctime?.getTime() &&
    then.size === now.size && then.ino === now.ino && then.dev === now.dev;
}

/** Second chance: an entry that was asked for goes to the end of the queue. */
function makeRoom(): void {
  for (const [path, entry] of entries) {
    if (totalBytes <= MAX_BYTES) return;
    if (entry.used) {
      entry.used = false;
      entries.delete(path);
      entries.set(path, entry);
    } else {
      dropSummary(path);
    }
  }
}
