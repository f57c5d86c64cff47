import { assertEquals } from "@std/assert";
import type { Claim } from "../../../../bench/claims/claims.ts";
import { judgeClaims } from "../../../../bench/claims/judge/judge_claims.ts";
import { figuresOf } from "../../_figures.ts";

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

Deno.test("judgeClaims() judges the Python program by its own two versions", () => {
  const times = { before: 8, after: 4, package: 1, "Python before": 50 };
  for (
    const [afterMs, wanted] of [
      [25, { measured: 50, interval: [50, 50], verdict: "holds" }],
      [100, {
        measured: -100,
        interval: [-100, -100],
        verdict: "does not hold",
      }],
      // One version alone gains nothing over another.
      [undefined, undefined],
    ] as const
  ) {
    const figures = figuresOf("save", 10, {
      ...times,
      ...afterMs !== undefined && { "Python after": afterMs },
    });
    const [judged] = judgeClaims([timeClaim], [figures]);
    assertEquals<unknown>(judged!.python, wanted);
    assertEquals(judged!.verdict, "holds");
  }
});

Deno.test("judgeClaims() takes what differs from process to process into account", () => {
  const figures = figuresOf("save", 10, { before: 8, after: 4, package: 1 });
  const { before, after } = figures.forms;
  before!.roundsMs = new Array(90).fill(8);
  // Twice as fast in two processes, and no faster in the third.
  after!.roundsMs = [4, 4, 8].flatMap((ms) => new Array(30).fill(ms));
  const verdictOf = (processes: number[]) =>
    judgeClaims([timeClaim], [{
      ...figures,
      forms: { before: before!, after: after! },
      processes,
    }])[0]!.verdict;
  assertEquals(verdictOf([30, 30, 30]), "can't tell");
  assertEquals(verdictOf([90]), "holds");
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
