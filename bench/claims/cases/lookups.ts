import { compareMetrics } from "../../../src/compare/compare_metrics.ts";
import { metricStats, summaryOf } from "../../lib/data/metric_stats.ts";
import { compareByLookups } from "../after/compare_by_lookups.ts";
import { compareBefore } from "../before/compare_stats.ts";
import type { BenchCase } from "./bench_case.ts";

type Stats = ReturnType<typeof metricStats>;

/** How many values of the statistics are looked up, per metric type. */
function lookupsPerType(
  compare: (own: Stats, other: Stats) => unknown,
): number {
  let lookups = 0;
  const counted = (stats: Stats): Stats =>
    Object.fromEntries(
      Object.entries(stats).map(([type, values]) => [
        type,
        new Proxy(values!, {
          get(target, key) {
            lookups++;
            return Reflect.get(target, key);
          },
        }),
      ]),
    );
  compare(counted(metricStats(1, 1)), counted(metricStats(1, 2)));
  return lookups;
}

/** Comparing two summaries in memory: values looked up per use, or once. */
export const lookups: BenchCase = {
  name: "lookups",
  title: (size) => `compare ${size} metric types in memory, by lookups`,
  sizes: [3],
  inMemory: true,
  prepare({ size, directory }) {
    const own = metricStats(size, 1);
    const other = metricStats(size, 2);
    const comparePackage = (own: Stats, other: Stats) =>
      compareMetrics(
        { runId: "run_a", metrics: summaryOf(own) },
        { runId: "run_b", metrics: summaryOf(other) },
        "",
      ).metrics;
    return {
      forms: {
        before: { run: () => compareBefore(own, other) },
        after: { run: () => compareByLookups(own, other) },
        package: { run: () => comparePackage(own, other) },
      },
      counts: {
        lookups: {
          before: lookupsPerType(compareBefore),
          after: lookupsPerType(compareByLookups),
          package: lookupsPerType(comparePackage),
        },
      },
      original: {
        operation: () => ({
          name: "compare_in_memory",
          directory,
          arguments: { step: "lookups", own, other },
        }),
        counts: {
          lookups: {
            name: "count_lookups",
            directory,
            arguments: { own: metricStats(1, 1), other: metricStats(1, 2) },
          },
        },
      },
    };
  },
};
