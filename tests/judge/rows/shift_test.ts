import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { tUpperQuantile } from "../../../src/judge/distributions/student_t.ts";
import { robustSpread } from "../../../src/judge/rows/robust_spread.ts";
import { freedomOf, shiftOf } from "../../../src/judge/rows/shift.ts";
import { REFERENCE } from "../_reference.ts";

Deno.test("shiftOf() pools as Student did with Cushny and Peebles' sleep data", () => {
  const { x, y, t, low, high } = REFERENCE.pooled_t;
  // Printed in textbooks as t = 1.8608 with 18 degrees of freedom.
  assertEquals(t.toFixed(4), "1.8608");
  const shift = shiftOf(Float64Array.from(x), Float64Array.from(y), undefined);
  assertAlmostEquals(shift.logChange / shift.logError!, t, 1e-12);
  assertEquals(shift.freedom, 18);
  const half = shift.logError! * tUpperQuantile(0.025, 18);
  assertAlmostEquals(shift.logChange - half, low, 1e-12);
  assertAlmostEquals(shift.logChange + half, high, 1e-12);
});

Deno.test("shiftOf() adds a calibration's variance by its degrees of freedom", () => {
  // 2 from the baselines, 8 + 10 from the calibration of 19 degrees.
  const shift = shiftOf(
    Float64Array.of(0, 1, 2),
    Float64Array.of(5),
    { logVariance: 1, freedom: 18 },
  );
  assertAlmostEquals(shift.logError!, Math.sqrt(20 / 20 * (1 + 1 / 3)), 1e-12);
  assertEquals(shift.freedom, 3);
});

Deno.test("few runs are judged with few degrees of freedom", () => {
  const cases: [number, number, number, number][] = [
    [1, 1, 0, 0],
    [10, 1, 0, 3],
    [2, 10, 0, 6],
    [10, 3, 0, 11],
    [10, 3, 19, 30],
    [1, 1, 19, 3],
  ];
  for (const [baselines, candidates, calibrationFreedom, wanted] of cases) {
    const counts = { baselines, candidates, calibrationFreedom };
    assertEquals(
      freedomOf(counts).judged,
      wanted,
      `${baselines}, ${candidates}`,
    );
  }
});

Deno.test("a candidate that did not move by half of the change makes it none", () => {
  const baselines = Float64Array.of(-1, 0, 1, -0.5, 0.5);
  const all = shiftOf(baselines, Float64Array.of(9, 10, 11), undefined);
  const one = shiftOf(baselines, Float64Array.of(4, 13, 13), undefined);
  assert(all.probability < 1e-4);
  assertEquals(one.probability, 1);
});

Deno.test("of three baselines each must have been left behind", () => {
  const candidates = Float64Array.of(10, 10.1, 10.2);
  assertEquals(
    shiftOf(Float64Array.of(0, 0.1, 7), candidates, undefined).probability,
    1,
  );
  const calm = shiftOf(Float64Array.of(0, 0.1, 0.2), candidates, undefined);
  assert(calm.probability < 1e-5);
});

Deno.test("an outlying baseline hides a change from the t test, not from Qn", () => {
  const baselines = Float64Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 200);
  const candidates = Float64Array.of(100, 100, 100);
  assert(shiftOf(baselines, candidates, undefined).probability < 1e-4);
});

Deno.test("runs that are all the same have a small spread, not none", () => {
  const same = Float64Array.of(3, 3, 3, 3, 3, 3, 3, 3);
  assertEquals(shiftOf(same, same.slice(0, 3), undefined).probability, 1);
  const moved = shiftOf(same, Float64Array.of(4, 4, 4), undefined);
  assert(moved.probability < 1e-9 && moved.logError! > 0);
});

Deno.test("robustSpread() is the low quantile of distances that Qn is", () => {
  // Of 1, 2, 4, 8, 16: h = 3, the third of 1, 2, 3, 4, 6, 7, 8, 12, 14, 15.
  assertAlmostEquals(robustSpread([16, 1, 8, 2, 4]), 2.2219 * 3, 1e-12);
});
