import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { compareMetrics } from "../../src/compare/compare_metrics.ts";
import type { RunMetrics } from "../../src/model/metrics.ts";

function metricsOf(means: readonly (readonly [string, number])[]): RunMetrics {
  return {
    run_id: "any",
    timestamp: "",
    total_measurements: means.length,
    measurement_types: {},
    stats: Object.fromEntries(means.map(([type, mean_ms]) => [type, {
      count: 1,
      mean_ms,
      p50_ms: 0,
      p95_ms: mean_ms * 2,
      p99_ms: 0,
      max_ms: 0,
      min_ms: 0,
    }])),
    stats_by_satellite: {},
  };
}

Deno.test("compareMetrics() compares the types both have and names the others", () => {
  const comparison = compareMetrics(
    { runId: "a", metrics: metricsOf([["x", 5], ["constructor", 1]]) },
    { runId: "b", metrics: metricsOf([["y", 1], ["x", 7]]) },
    "2026-02-09T14:03:21",
  );
  assertEquals(comparison, {
    run1: "a",
    run2: "b",
    timestamp: "2026-02-09T14:03:21",
    metrics: {
      x: {
        this_mean_ms: 5,
        other_mean_ms: 7,
        diff_ms: -2,
        this_p95_ms: 10,
        other_p95_ms: 14,
      },
    },
    only_in_run1: ["constructor"],
    only_in_run2: ["y"],
  });
});

Deno.test("compareMetrics() agrees with concatenated lists and lookups", () => {
  const types = fc.uniqueArray(
    fc.tuple(
      fc.constantFrom("a", "b", "7", "__proto__", "toString"),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
    ),
    { selector: ([type]) => type },
  );
  fc.assert(fc.property(types, types, (these, others) => {
    const { metrics, only_in_run1, only_in_run2 } = compareMetrics(
      { runId: "a", metrics: metricsOf(these) },
      { runId: "b", metrics: metricsOf(others) },
      "",
    );
    const wanted = these.flatMap(([type, thisMeanMs]) =>
      others.filter(([other]) => other === type)
        .map(([, otherMeanMs]) => [type, thisMeanMs - otherMeanMs])
    );
    assertEquals(
      Object.entries(metrics).map(([type, it]) => [type, it!.diff_ms])
        .toSorted(),
      wanted.toSorted(),
    );
    assertEquals(
      Object.keys(metrics).length * 2 + only_in_run1.length +
        only_in_run2.length,
      these.length + others.length,
    );
  }));
});
