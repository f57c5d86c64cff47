import type { MetricStats } from "../../../src/model/metrics.ts";
import type { MetricComparison } from "../../../src/model/comparison.ts";

/** One metric type of two runs side by side, each value looked up per use. */
export function lookUpRepeatedly(
  own: Partial<MetricStats>,
  other: Partial<MetricStats>,
): MetricComparison {
  return {
    this_mean_ms: own.mean_ms ?? 0,
    other_mean_ms: other.mean_ms ?? 0,
    diff_ms: (own.mean_ms ?? 0) - (other.mean_ms ?? 0),
    this_p95_ms: own.p95_ms ?? 0,
    other_p95_ms: other.p95_ms ?? 0,
  };
}
