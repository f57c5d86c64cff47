import { compareMetrics } from "../../src/compare/compare_metrics.ts";
import { compareByUnion } from "../after/compare_by_union.ts";
import { compareBefore } from "../before/compare_stats.ts";
import { metricStats, summaryOf } from "../data/metric_stats.ts";
import { allocatedBytes } from "../measure/allocation.ts";
import type { BenchCase } from "./bench_case.ts";

/** Comparing two summaries in memory: keys by lists, or by a set union. */
export const union: BenchCase = {
  name: "union",
  title: (size) => `compare ${size} metric types in memory, by key union`,
  sizes: [3],
  inMemory: true,
  prepare({ size }) {
    const own = metricStats(size, 1);
    const other = metricStats(size, 2);
    const run = { runId: "run_a", metrics: summaryOf(own) };
    const otherRun = { runId: "run_b", metrics: summaryOf(other) };
    const forms = {
      before: { run: () => compareBefore(own, other) },
      after: { run: () => compareByUnion(own, other) },
      package: { run: () => compareMetrics(run, otherRun, "").metrics },
    };
    return { forms, counts: { allocatedBytes: allocatedBytes(forms) } };
  },
};
