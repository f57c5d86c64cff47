import { assertAlmostEquals, assertEquals } from "@std/assert";
import { findRegressions } from "../../../../bench/claims/regression/regression.ts";
import { figuresOf, reportOf } from "../../_figures.ts";

/** A report of two cases, the package at these costs relative to "before". */
function costs(save: number, read: number, beforeMs = 1) {
  const figures = (name: string, cost: number) =>
    figuresOf(name, 10, {
      before: beforeMs,
      after: beforeMs,
      package: cost * beforeMs,
    });
  return reportOf([figures("save", save), figures("read", read)]);
}

function regressed(...reports: Parameters<typeof findRegressions>): string[] {
  return findRegressions(...reports).filter((it) => it.regressed)
    .map(({ name }) => name);
}

Deno.test("findRegressions() finds the case that became slower", () => {
  assertEquals(
    regressed(costs(0.5, 0.5), costs(0.75, 0.5), costs(0.74, 0.51)),
    ["save"],
  );
});

Deno.test("findRegressions() takes a slower machine for no regression", () => {
  assertEquals(
    regressed(costs(0.5, 0.5), costs(0.5, 0.5, 3), costs(0.5, 0.5, 2)),
    [],
  );
});

Deno.test("findRegressions() forgives what two runs of the same code differ by", () => {
  assertEquals(
    regressed(costs(0.5, 0.5), costs(0.65, 0.5), costs(0.5, 0.5)),
    [],
  );
  const [save] = findRegressions(
    costs(0.5, 0.5),
    costs(0.6, 0.5),
    costs(0.5, 0.5),
  );
  assertAlmostEquals(save!.noise, 1.2);
});

Deno.test("findRegressions() needs both runs to be slower than the noise", () => {
  assertEquals(
    regressed(costs(0.4, 0.4), costs(0.6, 0.4), costs(0.45, 0.4)),
    [],
  );
});

Deno.test("findRegressions() leaves out cases that one run lacks", () => {
  const now = costs(0.5, 0.5);
  assertEquals(findRegressions(reportOf([]), now, now), []);
});

Deno.test("findRegressions() needs no form of the report's", () => {
  const cost = (ms: number, others: Record<string, number>) =>
    reportOf([figuresOf("load", 10, { ...others, package: ms })]);
  for (const others of [{}, { naive: 4 }]) {
    assertEquals(
      regressed(cost(1, others), cost(1, others), cost(1, others)),
      [],
    );
    assertEquals(
      regressed(cost(1, others), cost(2, others), cost(2, others)),
      ["load"],
    );
  }
});
