import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type ClaimedGain,
  gainEstimate,
  gainOf,
  judge,
  type Verdict,
} from "../../../../bench/claims/judge/verdict.ts";

const claimed: ClaimedGain = { unit: "%", low: 30, high: 50 };

Deno.test("gainOf() tells a ratio of costs in the unit of the claim", () => {
  assertEquals(gainOf(4, "×"), 4);
  assertEquals(gainOf(4, "%"), 75);
  assertAlmostEquals(gainOf(0.5, "%"), -100);
});

Deno.test("judge() goes by where the whole interval lies", () => {
  const table: [low: number, high: number, Verdict][] = [
    [51, 60, "exceeded"],
    [49, 60, "holds"],
    [35, 45, "holds"],
    [20, 31, "holds"],
    [20, 29, "does not hold"],
    [-40, -10, "does not hold"],
    // Overlaps the claim and also "no gain at all".
    [-5, 35, "can't tell"],
    [0, 35, "can't tell"],
    // Over twice as wide as the claim.
    [10, 51, "can't tell"],
    [-Infinity, 100, "can't tell"],
  ];
  for (const [low, high, wanted] of table) {
    const value = (low + high) / 2;
    assertEquals(
      judge(claimed, { value, low, high }),
      wanted,
      `${low} ${high}`,
    );
  }
});

Deno.test("judge() takes 1 for no gain where the unit is a factor", () => {
  const factor: ClaimedGain = { unit: "×", low: 1.5, high: 4 };
  assertEquals(judge(factor, { value: 2, low: 1, high: 3 }), "can't tell");
  assertEquals(judge(factor, { value: 2, low: 1.1, high: 3 }), "holds");
});

Deno.test("judge() can't tell from too few rounds", () => {
  const unbounded = { value: 1.6, low: 0, high: Infinity };
  assertEquals(judge(claimed, gainEstimate(unbounded, "%")), "can't tell");
});
