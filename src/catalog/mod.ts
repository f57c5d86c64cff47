/**
 * An SQLite catalog of a results directory, for frequent queries.
 *
 * Apart from the main export, since loading SQLite costs a process 2 ms.
 *
 * @module
 */
export type { FigureName } from "../model/figures.ts";
export type { RunLabels } from "../model/metrics.ts";
export type { RunOrder } from "../store/list_runs.ts";
export type { RunIndex, RunSearch } from "../store/run_index.ts";
export type { FigureChange, FigurePoint } from "./_history.ts";
export type { Freshness } from "./_index.ts";
export type { CatalogRun } from "./_newest_runs.ts";
export type { CatalogRefresh } from "./_refresh.ts";
export {
  type CatalogAnswer,
  type CatalogQueryOptions,
  type FigureChangesOptions,
  type HistoryOptions,
  type RecentRunsOptions,
  type RefreshOptions,
  RunCatalog,
} from "./run_catalog.ts";
