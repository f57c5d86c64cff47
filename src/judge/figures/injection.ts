import type { Series } from "../../columns/measurement_columns.ts";
import { SLICE_VALUES, type Sliced } from "../../event_loop/sliced.ts";
import { quantilesOf } from "./group_figures.ts";
import type { GroupedRun } from "./grouped_run.ts";

/** A slow-down that is put into a run to see whether it is found. */
export interface Injection {
  /** What durations are multiplied by. */
  readonly factor: number;
  /** The metric type that suffers; all without it. */
  readonly metricType?: string | undefined;
  /** The satellite that suffers; all without it. */
  readonly satelliteId?: string | undefined;
  /** Only durations above this quantile of their series suffer, 0 to 1. */
  readonly aboveQuantile?: number | undefined;
}

/** Multiplies the durations that suffer. */
export function* inject(
  { starts, ends, durationsMs }: GroupedRun,
  series: readonly Series[],
  { factor, metricType, satelliteId, aboveQuantile }: Injection,
): Sliced<void> {
  for (const [code, it] of series.entries()) {
    if (metricType !== undefined && it.metricType !== metricType) continue;
    if (satelliteId !== undefined && it.satelliteId !== satelliteId) continue;
    const [start, end] = [starts[code]!, ends[code]!];
    if (start === end) continue;
    let aboveMs = -Infinity;
    if (aboveQuantile !== undefined) {
      const copy = durationsMs.slice(start, end);
      const found = yield* quantilesOf(copy, 0, copy.length, [aboveQuantile]);
      aboveMs = found[0]!;
    }
    for (let from = start; from < end; from += SLICE_VALUES) {
      const to = Math.min(end, from + SLICE_VALUES);
      for (let i = from; i < to; i++) {
        if (durationsMs[i]! > aboveMs) durationsMs[i]! *= factor;
      }
      yield;
    }
  }
}
