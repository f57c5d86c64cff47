import type { RunMetrics } from "../model/metrics.ts";
import type { ReadSummary } from "../run/read_summary.ts";

/** A summary that was read, and the file it was read from. */
export interface CachedSummary {
  readonly metrics: RunMetrics;
  /** Whether it stood in a commit that had not been published. */
  readonly pending: boolean;
  /** Shared by all that were read of the run since it was last changed. */
  readonly since: {
    /** Whether this process has changed the run, or no longer knows. */
    isOver: boolean;
  };
}

interface Entry extends CachedSummary {
  readonly file: Deno.FileInfo;
  readonly mtimeMs: number | undefined;
  readonly ctimeMs: number | undefined;
  /** Whether a later change of the file would show in its times. */
  readonly isSettled: boolean;
  /** Whether it was asked for since room was last needed. */
  used: boolean;
}

/** How many bytes of summary files a cache stands for at most. */
const MAX_BYTES = 8 * 1024 * 1024;

/**
 * A file that changed this shortly before it was read may change again
 * without a new modification time, so its entry is never taken for fresh.
 * Kernels stamp files with the time of their last tick, up to 10 ms ago.
 */
const RACY_MS = 50;

/** Deno tells the time of a file's last change in whole seconds. */
const CTIME_STEP_MS = 1000;

/** The summaries of a directory that were read last, by run id. */
export class SummaryCache {
  #entries = new Map<string, Entry>();
  #totalBytes = 0;
  /** How many changes of several runs together go on with each run. */
  readonly #distrusted = new Map<string, number>();

  /** The summary of a run, if its file is certainly the one it was read from. */
  find(runId: string, file: Deno.FileInfo): CachedSummary | undefined {
    const entry = this.#entries.get(runId);
    if (entry === undefined || !isSame(entry, file)) return undefined;
    entry.used = true;
    return entry;
  }

  /**
   * Keeps a summary: at the cost of those not asked for lately, or, so that a
   * listing of many runs does not cost all others, only where there is room.
   */
  keep(
    runId: string,
    { metrics, file, pending }: ReadSummary,
    room: "made" | "left" = "made",
  ): CachedSummary {
    const earlier = this.#take(runId);
    const mtimeMs = file.mtime?.getTime();
    const ctimeMs = file.ctime?.getTime();
    // Anyone may set the one time; the other tells when that was done.
    const touchedMs = Math.max(
      mtimeMs ?? Infinity,
      (ctimeMs ?? 0) + CTIME_STEP_MS,
    );
    const entry: Entry = {
      metrics,
      pending,
      file,
      mtimeMs,
      ctimeMs,
      isSettled: touchedMs + RACY_MS < Date.now(),
      since: earlier?.since ?? { isOver: this.#distrusted.has(runId) },
      used: false,
    };
    if (room === "left" && this.#totalBytes + file.size > MAX_BYTES) {
      return entry;
    }
    this.#entries.set(runId, entry);
    this.#totalBytes += file.size;
    this.#makeRoom();
    return entry;
  }

  /** Forgets the summary of a run, which has changed. */
  drop(runId: string): void {
    const entry = this.#take(runId);
    if (entry !== undefined) entry.since.isOver = true;
  }

  /** Lets nobody go by what is read of these runs without a look at the file. */
  distrust(runIds: readonly string[]): void {
    for (const runId of runIds) {
      this.#distrusted.set(runId, (this.#distrusted.get(runId) ?? 0) + 1);
      this.drop(runId);
    }
  }

  /** Takes that back. */
  trust(runIds: readonly string[]): void {
    for (const runId of runIds) {
      const count = this.#distrusted.get(runId)! - 1;
      if (count === 0) this.#distrusted.delete(runId);
      else this.#distrusted.set(runId, count);
    }
  }

  /** Forgets all of them. */
  clear(): void {
    for (const runId of this.#entries.keys()) this.drop(runId);
  }

  #take(runId: string): Entry | undefined {
    const entry = this.#entries.get(runId);
    if (entry === undefined) return undefined;
    this.#entries.delete(runId);
    this.#totalBytes -= entry.file.size;
    return entry;
  }

  /** Second chance: an entry that was asked for goes to the end of the queue. */
  #makeRoom(): void {
    for (const [runId, entry] of this.#entries) {
      if (this.#totalBytes <= MAX_BYTES) return;
      if (entry.used) {
        entry.used = false;
        this.#entries.delete(runId);
        this.#entries.set(runId, entry);
      } else {
        this.drop(runId);
      }
    }
  }
}

function isSame(entry: Entry, now: Deno.FileInfo): boolean {
  const then = entry.file;
  return entry.isSettled && entry.mtimeMs === now.mtime?.getTime() &&
    entry.ctimeMs === now.ctime?.getTime() &&
    then.size === now.size && then.ino === now.ino && then.dev === now.dev;
}
