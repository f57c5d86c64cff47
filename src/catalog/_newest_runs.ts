import { BinaryHeap } from "@std/data-structures/binary-heap";
import { hasLabels } from "../model/labels.ts";
import type { RunSearch } from "../store/run_index.ts";
import type { CatalogDatabase, Value } from "./_database.ts";
import { type Question, requireSum } from "./_index.ts";
import { labelsOf, rowOf } from "./_rows.ts";
import { endOfPrefix, keyOf, plainText, runIdOf } from "./_run_key.ts";
import { sumOf } from "./_sum.ts";

/** A run that was found. */
export interface CatalogRun {
  /** Its id. */
  readonly runId: string;
  /**
   * When its summary was last written, in Unix milliseconds; `-Infinity` where
   * the file system does not tell.
   */
  readonly mtimeMs: number;
}

/** Rows that are gone through between two turns. */
export const PAGE_ROWS = 512;

/** So many of the newest are tried before a prefix is looked up by name. */
const TRIED_BY_TIME = 1024;

/** More than that are not kept in order by a heap. */
const MOST_IN_HEAP = 1024;

/** Which of the orders of rows is gone through. */
type Source = "time" | "name" | "labels";

/** Where a page begins: after this in descending order. */
interface Place {
  readonly mtimeMs: number;
  readonly key: string;
}

/** The newest runs that a search finds, in its order. */
export function newestRuns(search: RunSearch): Question<CatalogRun[]> {
  const { limit, orderBy, prefix, labels, untilMs, sinceMs } = search;
  const isFiltered = prefix !== "" || labels !== undefined;
  const wanted = Object.entries(labels ?? {});
  return () => {
    const found: CatalogRun[] = [];
    const heap = new BinaryHeap<CatalogRun>(byTime);
    let source: Source = orderBy === "name"
      ? "name"
      : labels !== undefined
      ? "labels"
      : "time";
    const start: Place = {
      mtimeMs: untilMs,
      key: source === "name" ? endOfPrefix(safely(prefix)) : "",
    };
    let place = start;
    let seen = 0;
    const isMeant = (db: CatalogDatabase, runId: string, key: string) =>
      runId.startsWith(prefix) &&
      (labels === undefined || hasLabels(labelsOf(rowOf(db, key)), labels));
    const take = (db: CatalogDatabase, rows: Value[][]): boolean => {
      for (const [key, mtimeMs, sum] of rows as [string, number, number][]) {
        requireSum(sum === sumOf(key, mtimeMs));
        place = { key, mtimeMs };
        if (mtimeMs < sinceMs || mtimeMs >= untilMs) {
          if (source !== "name") return true;
          continue;
        }
        const runId = runIdOf(key);
        if (isFiltered && !isMeant(db, runId, key)) continue;
        if (source === "name" && orderBy === "mtime") {
          heap.push({ runId, mtimeMs });
          if (heap.length > limit) heap.pop();
        } else if (found.push({ runId, mtimeMs }) === limit) return true;
      }
      return false;
    };
    return (db) => {
      if (limit === 0) return found;
      const size = isFiltered ? PAGE_ROWS : Math.min(limit, PAGE_ROWS);
      const rows = source === "name"
        ? db.all(BY_NAME, place.key, keyOf(safely(prefix)), size)
        : source === "time"
        ? db.all(BY_TIME, place.mtimeMs, place.key, size)
        : db.all(
          BY_LABEL,
          ...wanted[0]!.map(plainText),
          ...[place.mtimeMs, place.key, size],
        );
      const isDone = take(db, rows) || rows.length < size;
      if (isDone) return heap.length > 0 ? [...heap].reverse() : found;
      seen += rows.length;
      if (
        source === "time" && prefix !== "" && seen >= TRIED_BY_TIME &&
        limit <= MOST_IN_HEAP
      ) {
        source = "name";
        place = { mtimeMs: untilMs, key: endOfPrefix(safely(prefix)) };
        found.length = 0;
      }
      return undefined;
    };
  };
}

const BY_TIME = `select key, mtime_ms, list_sum from runs
  where (mtime_ms, key) < (?, ?) order by mtime_ms desc, key desc limit ?`;

const BY_NAME = `select key, mtime_ms, list_sum from runs
  where key < ? and key >= ? and mtime_ms is not null
  order by key desc limit ?`;

const BY_LABEL = `select r.key, r.mtime_ms, r.list_sum from labels l
  join runs r on r.key = l.key
  where l.name = ? and l.value = ? and (l.mtime_ms, l.key) < (?, ?)
  order by l.mtime_ms desc, l.key desc limit ?`;

function byTime(a: CatalogRun, b: CatalogRun): number {
  if (a.mtimeMs !== b.mtimeMs) return a.mtimeMs < b.mtimeMs ? -1 : 1;
  return a.runId < b.runId ? -1 : a.runId > b.runId ? 1 : 0;
}

/** What SQLite takes of a prefix: half a character begins no id. */
function safely(prefix: string): string {
  return prefix.isWellFormed() && !prefix.includes("\0") ? prefix : "";
}
