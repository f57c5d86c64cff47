import { compareMetrics } from "../../../src/compare/compare_metrics.ts";
import { metricStats, summaryOf } from "../../lib/data/metric_stats.ts";
import { allocatedBytes } from "../../lib/measure/allocation.ts";
import { compareByUnion } from "../after/compare_by_union.ts";
import { compareBefore } from "../before/compare_stats.ts";
import type { BenchCase } from "./bench_case.ts";

/** Comparing two summaries in memory: keys by lists, or by a set union. */
export const union: BenchCase = {
  name: "union",
  title: (size) => `compare ${size} metric types in memory, by key union`,
  sizes: [3],
  inMemory: true,
  prepare({ size, directory }) {
    const own = metricStats(size, 1);
    const other = metricStats(size, 2);
    const run = { runId: "run_a", metrics: summaryOf(own) };
    const otherRun = { runId: "run_b", metrics: summaryOf(other) };
    const forms = {
      before: { run: () => compareBefore(own, other) },
      after: { run: () => compareByUnion(own, other) },
      package: { run: () => compareMetrics(run, otherRun, "").metrics },
    };
    const args = { step: "union", own, other };
    return {
      forms,
      counts: { allocatedBytes: allocatedBytes(forms) },
      original: {
        operation: () => ({
          name: "compare_in_memory",
          directory,
          arguments: args,
        }),
        counts: {
          allocatedBytes: { name: "peak_bytes", directory, arguments: args },
        },
      },
    };
  },
};
