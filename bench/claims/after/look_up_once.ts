import type { MetricStats } from "../../../src/model/metrics.ts";
import type { MetricComparison } from "../../../src/model/comparison.ts";

/** One metric type of two runs side by side, each value looked up once. */
export function lookUpOnce(
  own: Partial<MetricStats>,
  other: Partial<MetricStats>,
): MetricComparison {
  const ownMeanMs = own.mean_ms ?? 0;
  const otherMeanMs = other.mean_ms ?? 0;
  const ownP95Ms = own.p95_ms ?? 0;
  const otherP95Ms = other.p95_ms ?? 0;
  return {
    this_mean_ms: ownMeanMs,
    other_mean_ms: otherMeanMs,
    diff_ms: ownMeanMs - otherMeanMs,
    this_p95_ms: ownP95Ms,
    other_p95_ms: otherP95Ms,
  };
}
