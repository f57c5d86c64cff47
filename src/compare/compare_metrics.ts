import type { RunMetrics } from "../model/metrics.ts";
import type { MetricComparison, RunComparison } from "../model/comparison.ts";

/** Two runs to compare and what the comparison calls them. */
export interface ComparedRun {
  runId: string;
  metrics: RunMetrics;
}

/** Puts the metric types of two runs side by side. */
export function compareMetrics(
  run: ComparedRun,
  other: ComparedRun,
  timestamp: string,
): RunComparison {
  const these = run.metrics.stats;
  const others = other.metrics.stats;
  const metrics: [string, MetricComparison][] = [];
  const onlyThis: string[] = [];
  const onlyOther: string[] = [];
  for (const type of new Set([...Object.keys(these), ...Object.keys(others)])) {
    // Own properties only: a type may be called "constructor".
    if (!Object.hasOwn(others, type)) onlyThis.push(type);
    else if (!Object.hasOwn(these, type)) onlyOther.push(type);
    else {
      const { mean_ms: thisMeanMs, p95_ms: thisP95Ms } = these[type]!;
      const { mean_ms: otherMeanMs, p95_ms: otherP95Ms } = others[type]!;
      metrics.push([type, {
        this_mean_ms: thisMeanMs,
        other_mean_ms: otherMeanMs,
        diff_ms: thisMeanMs - otherMeanMs,
        this_p95_ms: thisP95Ms,
        other_p95_ms: otherP95Ms,
      }]);
    }
  }
  return {
    run1: run.runId,
    run2: other.runId,
    timestamp,
    metrics: Object.fromEntries(metrics),
    only_in_run1: onlyThis,
    only_in_run2: onlyOther,
  };
}
