import { assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  fitPowerLaw,
  largestPoints,
} from "../../../bench/scaling/scaling_curve.ts";
import { plotScaling } from "../../../bench/scaling/scaling_plot.ts";

Deno.test("fitPowerLaw() finds the power law that the points follow", () => {
  const numbers = fc.double({ min: 0.1, max: 3, noNaN: true });
  fc.assert(fc.property(numbers, numbers, (slope, factor) => {
    const fitted = fitPowerLaw(
      [10, 100, 1000].map((size) => ({
        size,
        durationMs: factor * size ** slope,
      })),
    );
    assertAlmostEquals(fitted.slope, slope);
    assertAlmostEquals(fitted.factor, factor);
  }));
});

Deno.test("plotScaling() draws each point, and the slope of the three largest sizes", () => {
  const points = [1, 10, 100, 1000].map((size) => ({
    size,
    durationMs: Math.max(10, size),
  }));
  assertEquals(largestPoints(points), points.slice(1));
  const svg = plotScaling([{ name: "save", unit: "runs", points }], "now");
  assertEquals(svg.match(/<circle/g)?.length, 4);
  assertEquals([...svg.matchAll(/slope ([\d.]+)/g)].map(([, it]) => it), [
    "1.00",
  ]);
});
