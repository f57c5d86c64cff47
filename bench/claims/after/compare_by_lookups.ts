import type { RunMetrics } from "../../../src/model/metrics.ts";
import type { MetricComparison } from "../../../src/model/comparison.ts";
import { lookUpOnce } from "./look_up_once.ts";
import { unionByLists } from "../before/union_by_lists.ts";

/** As `compareBefore`, with values looked up once alone. */
export function compareByLookups(
  own: RunMetrics["stats"],
  other: RunMetrics["stats"],
): Record<string, MetricComparison> {
  const metrics: Record<string, MetricComparison> = {};
  for (const type of unionByLists(own, other)) {
    const ownStats = own[type];
    const otherStats = other[type];
    if (!ownStats || !otherStats) continue;
    metrics[type] = lookUpOnce(ownStats, otherStats);
  }
  return metrics;
}
