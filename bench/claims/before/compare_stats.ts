import type { RunMetrics } from "../../../src/model/metrics.ts";
import type { MetricComparison } from "../../../src/model/comparison.ts";
import { lookUpRepeatedly } from "./look_up_repeatedly.ts";
import { unionByLists } from "./union_by_lists.ts";

/**
 * Puts the metric types that both runs have side by side, by concatenated lists
 * and a lookup per use.
 *
 * Note: this loop stands four times, once for each mixture of steps. With one
 * loop and the steps as arguments the compiler's guesses blurred the forms.
 */
export function compareBefore(
  own: RunMetrics["stats"],
  other: RunMetrics["stats"],
): Record<string, MetricComparison> {
  const metrics: Record<string, MetricComparison> = {};
  for (const type of unionByLists(own, other)) {
    const ownStats = own[type];
    const otherStats = other[type];
    if (!ownStats || !otherStats) continue;
    metrics[type] = lookUpRepeatedly(ownStats, otherStats);
  }
  return metrics;
}
