import type { RunMetrics } from "../../../src/model/metrics.ts";
import type { MetricComparison } from "../../../src/model/comparison.ts";
import { lookUpOnce } from "./look_up_once.ts";
import { unionOfSets } from "./union_of_sets.ts";

/** As `compareBefore`, with a set union and values looked up once. */
export function compareAfter(
  own: RunMetrics["stats"],
  other: RunMetrics["stats"],
): Record<string, MetricComparison> {
  const metrics: Record<string, MetricComparison> = {};
  for (const type of unionOfSets(own, other)) {
    const ownStats = own[type];
    const otherStats = other[type];
    if (!ownStats || !otherStats) continue;
    metrics[type] = lookUpOnce(ownStats, otherStats);
  }
  return metrics;
}
