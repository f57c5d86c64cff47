import { assertEquals } from "@std/assert";
import type { Claim } from "../../../bench/claims.ts";
import { judgeClaims } from "../../../bench/measure/judge_claims.ts";
import { figuresOf } from "../_figures.ts";

const timeClaim: Claim = {
  name: "Faster",
  sections: ["Somewhere"],
  wording: "40-60 %",
  claimed: { unit: "%", low: 40, high: 60 },
  test: { case: "save", size: 10 },
};

Deno.test("judgeClaims() holds the report's after and the package to its before", () => {
  const figures = figuresOf("save", 10, { before: 8, after: 4, package: 1 });
  assertEquals(judgeClaims([timeClaim], [figures]), [{
    name: "Faster",
    sections: ["Somewhere"],
    wording: "40-60 %",
    unit: "%",
    claimed: [40, 60],
    measured: 50,
    interval: [50, 50],
    verdict: "holds",
    package: { measured: 87.5, interval: [87.5, 87.5], verdict: "exceeded" },
  }]);
});

Deno.test("judgeClaims() judges counts, also where the package has none", () => {
  const figures = figuresOf("save", 10, { before: 1, after: 1, package: 1 });
  figures.counts.lookups = { before: 6, after: 4 };
  const claim = { ...timeClaim, test: { ...timeClaim.test, cost: "lookups" } };
  const [judged] = judgeClaims([claim], [figures]);
  assertEquals(judged!.verdict, "does not hold");
  assertEquals(Math.round(judged!.measured), 33);
  assertEquals(judged!.package, undefined);
});

Deno.test("judgeClaims() leaves out what was not measured at the claim's size", () => {
  const figures = figuresOf("save", 20, { before: 1, after: 1, package: 1 });
  assertEquals(judgeClaims([timeClaim], [figures]), []);
});
