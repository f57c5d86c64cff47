import type { MetricComparison, RunMetrics } from "../../src/measurement.ts";

type Stats = RunMetrics["stats"];

/** The two steps of a comparison that the report changes. */
export interface CompareSteps {
  union: (own: Stats, other: Stats) => Set<string>;
  lookUp: (own: Stats[string], other: Stats[string]) => MetricComparison;
}

/** Puts the metric types that both runs have side by side. */
export function compareStats(
  own: Stats,
  other: Stats,
  { union, lookUp }: CompareSteps,
): Record<string, MetricComparison> {
  const metrics: Record<string, MetricComparison> = {};
  for (const type of union(own, other)) {
    const ownStats = own[type];
    const otherStats = other[type];
    if (!ownStats || !otherStats) continue;
    metrics[type] = lookUp(ownStats, otherStats);
  }
  return metrics;
}
