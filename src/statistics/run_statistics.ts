import type { ColumnsView } from "../columns/measurement_columns.ts";
import type { MetricStats } from "../model/metrics.ts";
import type { Sliced } from "../event_loop/sliced.ts";

/**
 * The statistics of a run, in the order in which metric types and satellites
 * first appear. Pairs rather than objects, since an object would reorder ids
 * such as `"7"` and swallow `"__proto__"`.
 */
export interface RunStatistics {
  /** Each metric type over all satellites. */
  readonly byType: readonly (readonly [string, MetricStats])[];
  /** Each satellite and, within it, each of its metric types. */
  readonly bySatellite: readonly (readonly [
    string,
    readonly (readonly [string, MetricStats])[],
  ])[];
}

/** The statistics of the groups of a run, where they have durations. */
export interface GroupStats {
  /** By the code of the series. */
  readonly ofSeries: readonly (MetricStats | undefined)[];
  /** In the order of the metric types. */
  readonly ofTypes: readonly (MetricStats | undefined)[];
}

/** One of the ways to compute them; `codesOfTypes` are the series of each type. */
export type GroupStatsForm = (
  columns: ColumnsView,
  codesOfTypes: readonly (readonly number[])[],
) => Sliced<GroupStats>;
