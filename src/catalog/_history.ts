import { BinaryHeap } from "@std/data-structures/binary-heap";
import { type FigureName, FIGURES } from "../model/figures.ts";
import { hasLabels } from "../model/labels.ts";
import type { RunLabels } from "../model/metrics.ts";
import type { CatalogDatabase } from "./_database.ts";
import { type Question, requireSum } from "./_index.ts";
import { PAGE_ROWS } from "./_newest_runs.ts";
import { labelsOf, rowOf } from "./_rows.ts";
import { plainText, runIdOf } from "./_run_key.ts";
import { sumOf } from "./_sum.ts";

/** A figure of a run. */
export interface FigurePoint {
  /** The run. */
  readonly runId: string;
  /** When its summary was last written, in Unix milliseconds. */
  readonly mtimeMs: number;
  /** The figure, in milliseconds. */
  readonly valueMs: number;
  /** How many measurements it is of. */
  readonly count: number;
}

/** A figure that differs from that of the run before. */
export interface FigureChange extends FigurePoint {
  /** The run before it. */
  readonly beforeRunId: string;
  /** The figure of that, in milliseconds. */
  readonly beforeMs: number;
  /**
   * `valueMs / beforeMs - 1`: 0.1 is ten per cent longer. `Infinity` where it
   * was 0 before.
   */
  readonly change: number;
}

/** Which figures are wanted. */
export interface FigureSearch {
  readonly metricType: string;
  readonly figure: FigureName;
  readonly limit: number;
  readonly prefix: string;
  readonly sinceMs: number;
  readonly untilMs: number;
  readonly labels: RunLabels | undefined;
  readonly atLeastMs: number;
  readonly atMostMs: number;
}

const BY_TIME = `select * from figures
  where type = ? and (mtime_ms, key) < (?, ?)
  order by mtime_ms desc, key desc limit ?`;

/** Columns of a row before its figures. */
const FIRST_FIGURE = 4;

/** The figures of runs, newest first. */
export function historyOf(search: FigureSearch): Question<FigurePoint[]> {
  const { limit } = search;
  return () => {
    const found: FigurePoint[] = [];
    const next = pointsOf(search);
    return (db) => {
      if (limit === 0) return found;
      const isAll = next(db, (point) => found.push(point) === limit);
      return isAll ? found : undefined;
    };
  };
}

/** The runs whose figure differs most from that of the run before. */
export function changesOf(search: FigureSearch): Question<FigureChange[]> {
  const { limit } = search;
  return () => {
    const heap = new BinaryHeap<FigureChange>(bySize);
    let newer: FigurePoint | undefined;
    const next = pointsOf(search);
    return (db) => {
      const isAll = next(db, (point) => {
        if (newer !== undefined && newer.valueMs !== point.valueMs) {
          heap.push({
            ...newer,
            beforeRunId: point.runId,
            beforeMs: point.valueMs,
            change: newer.valueMs / point.valueMs - 1,
          });
          if (heap.length > limit) heap.pop();
        }
        newer = point;
        return false;
      });
      return isAll ? [...heap].reverse() : undefined;
    };
  };
}

/** Goes through a page; whether it was the last, or enough. */
function pointsOf(
  { metricType, figure, prefix, labels, ...search }: FigureSearch,
): (db: CatalogDatabase, isEnough: (it: FigurePoint) => boolean) => boolean {
  const column = FIRST_FIGURE +
    FIGURES.findIndex(({ name }) => name === figure);
  const type = plainText(metricType);
  let mtimeMs = search.untilMs;
  let key = "";
  return (db, isEnough) => {
    const rows = db.all(BY_TIME, type, mtimeMs, key, PAGE_ROWS);
    for (const row of rows) {
      const sum = row.pop();
      requireSum(sum === sumOf(...row));
      [, mtimeMs, key] = row as [string, number, string];
      if (mtimeMs < search.sinceMs) return true;
      const valueMs = row[column] as number;
      if (valueMs < search.atLeastMs || valueMs > search.atMostMs) continue;
      const runId = runIdOf(key);
      if (!runId.startsWith(prefix)) continue;
      if (labels && !hasLabels(labelsOf(rowOf(db, key)), labels)) continue;
      const count = row[FIRST_FIGURE - 1] as number;
      if (isEnough({ runId, mtimeMs, valueMs, count })) return true;
    }
    return rows.length < PAGE_ROWS;
  };
}

/** The smallest first; of two as large, the older. */
function bySize(a: FigureChange, b: FigureChange): number {
  const [first, second] = [Math.abs(a.change), Math.abs(b.change)];
  if (first !== second) return first < second ? -1 : 1;
  if (a.mtimeMs !== b.mtimeMs) return a.mtimeMs < b.mtimeMs ? -1 : 1;
  return a.runId < b.runId ? -1 : 1;
}
