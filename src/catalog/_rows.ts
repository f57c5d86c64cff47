import { FIGURES } from "../model/figures.ts";
import type { MetricStats, RunLabels } from "../model/metrics.ts";
import {
  type CatalogDatabase,
  DamagedCatalog,
  type Value,
} from "./_database.ts";
import { keyOf, plainText } from "./_run_key.ts";
import type { RunEntry } from "./_run_state.ts";
import { sumOf } from "./_sum.ts";

/** What is kept of a run beside its figures. */
export interface RunRow {
  readonly key: string;
  readonly mtimeMs: number | null;
  readonly stamp: string;
  readonly isSettled: boolean;
  /** Metric types and labels, as JSON. */
  readonly types: string;
  readonly labels: string | null;
}

const SELECT = `select key, mtime_ms, stamp, settled, watched, types, labels,
  row_sum from runs`;

/** The row of a run; `undefined` for none. */
export function rowOf(
  db: CatalogDatabase,
  key: string,
): RunRow | undefined {
  const row = db.get(`${SELECT} where key = ?`, key);
  return row && checked(row);
}

/** The labels of a run; `undefined` for none. */
export function labelsOf(row: RunRow | undefined): RunLabels | undefined {
  const labels = row?.labels ?? null;
  return labels === null ? undefined : JSON.parse(labels);
}

/** Rows after a key, in the order of keys. */
export function rowsAfter(
  db: CatalogDatabase,
  key: string,
  limit: number,
): RunRow[] {
  return db.all(`${SELECT} where key > ? order by key limit ?`, key, limit)
    .map(checked);
}

/** Rows of runs that are looked at each time. */
export function watchedRows(db: CatalogDatabase): RunRow[] {
  return db.all(`${SELECT} where watched = 1`).map(checked);
}

/** Something to be written. */
export type Operation = readonly [sql: string, ...values: Value[]];

/** What puts a run in the place of its row. */
export function putting(db: CatalogDatabase, run: RunEntry): Operation[] {
  const key = keyOf(run.runId);
  const { metrics, stamp } = run;
  const mtimeMs = run.mtimeMs ?? null;
  const stats = Object.entries(mtimeMs === null ? {} : metrics?.stats ?? {});
  const labels = mtimeMs === null ? [] : Object.entries(metrics?.labels ?? {});
  const row = [
    key,
    mtimeMs,
    stamp,
    Number(run.isSettled),
    Number(run.isPending || metrics === undefined),
    JSON.stringify(stats.map(([type]) => type)),
    labels.length === 0 ? null : JSON.stringify(metrics!.labels),
  ];
  return [
    ...removing(db, key),
    [PUT_RUN, ...row, sumOf(key, mtimeMs), sumOf(...row)],
    ...stats.map(([type, it]) => putFigures(type, mtimeMs!, key, it!)),
    ...labels.map(([name, value]): Operation => [
      PUT_LABEL,
      ...[plainText(name), plainText(value), mtimeMs!, key],
    ]),
  ];
}

/** What takes a run out. */
export function removing(db: CatalogDatabase, key: string): Operation[] {
  const row = rowOf(db, key);
  if (row === undefined) return [];
  const types: string[] = JSON.parse(row.types);
  const labels = Object.entries(labelsOf(row) ?? {});
  return [
    [REMOVE_RUN, key],
    ...types.map((type): Operation => [
      REMOVE_FIGURES,
      ...[plainText(type), row.mtimeMs, key],
    ]),
    ...labels.map(([name, value]): Operation => [
      REMOVE_LABEL,
      ...[plainText(name), plainText(value), row.mtimeMs, key],
    ]),
  ];
}

/** By how many there are more runs after that. */
export function countChange(operations: readonly Operation[]): number {
  return operations.reduce(
    (sum, [sql]) => sum + Number(sql === PUT_RUN) - Number(sql === REMOVE_RUN),
    0,
  );
}

const PUT_RUN = `insert into runs (key, mtime_ms, stamp, settled, watched,
  types, labels, list_sum, row_sum) values (?, ?, ?, ?, ?, ?, ?, ?, ?)`;

const PUT_FIGURES = `insert into figures values (?, ?, ?, ?, ${
  FIGURES.map(() => "?").join(", ")
}, ?)`;

const PUT_LABEL = "insert into labels values (?, ?, ?, ?)";

const REMOVE_RUN = "delete from runs where key = ?";

const REMOVE_FIGURES =
  "delete from figures where type = ? and mtime_ms = ? and key = ?";

const REMOVE_LABEL = `delete from labels
  where name = ? and value = ? and mtime_ms = ? and key = ?`;

function putFigures(
  type: string,
  mtimeMs: number,
  key: string,
  stats: MetricStats,
): Operation {
  const values = [
    plainText(type),
    mtimeMs,
    key,
    stats.count,
    ...FIGURES.map(({ name }) => stats[name]),
  ];
  return [PUT_FIGURES, ...values, sumOf(...values)];
}

function checked(row: Value[]): RunRow {
  const sum = row.pop();
  if (sum !== sumOf(...row)) throw new DamagedCatalog("a row of a run");
  const [key, mtimeMs, stamp, settled, , types, labels] = row;
  return {
    key: key as string,
    mtimeMs: mtimeMs as number | null,
    stamp: stamp as string,
    isSettled: settled === 1,
    types: types as string,
    labels: labels as string | null,
  };
}
