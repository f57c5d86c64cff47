import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  energySplit,
  exactRankTest,
  RIVALS,
  tTest,
} from "../../../bench/judge/rivals.ts";
import type { PooledRun } from "../../../bench/judge/run_pool.ts";
import { REFERENCE } from "../../judge/_reference.ts";

Deno.test("exactRankTest() is R's wilcox.test of the permeability of placentas", () => {
  // Hollander and Wolfe 1973, table 4.1; R prints 0.1272 for one side.
  const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const early = [1.15, 0.88, 0.9, 0.74, 1.21];
  assertEquals(
    exactRankTest(Float64Array.from(early), Float64Array.from(atTerm))
      .toFixed(4),
    "0.2544",
  );
});

Deno.test("tTest() is SciPy's ttest_ind", () => {
  const { x, y, p } = REFERENCE.pooled_t;
  assertAlmostEquals(
    tTest(Float64Array.from(x), Float64Array.from(y)),
    p,
    1e-12,
  );
});

Deno.test("energySplit() finds where values change", () => {
  assertEquals(energySplit(Float64Array.of(1, 2, 1, 2, 9, 8, 9, 8, 9), 2), 4);
  assertEquals(energySplit(Float64Array.of(1, 2, 1), 2), undefined);
});

/** A run with these durations of every metric. */
function run(durationsMs: readonly number[]): PooledRun {
  const sorted = Float64Array.from(durationsMs).sort();
  const metrics = ["fault_detection", "agent_decision", "recovery_action"];
  return {
    figures: {},
    sortedMs: new Map(metrics.map((it) => [it, sorted])),
  } as unknown as PooledRun;
}

Deno.test("the rank test on samples is SciPy's mannwhitneyu, at a third of 5 %", () => {
  const { x, y, p } = REFERENCE.mann_whitney;
  assertEquals(p > 0.05 / 3, true);
  const isAlarm = (candidate: readonly number[]) =>
    RIVALS[0]!.isAlarm({
      baselines: [run(x.slice(0, 4)), run(x.slice(4))],
      candidates: [run(candidate)],
      calibration: [],
    }, "none");
  assertEquals(isAlarm(y), false);
  assertEquals(isAlarm(y.map((it) => it + 3)), true);
});
