import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { normal, seededRandom } from "../../../../bench/lib/data/random.ts";
import {
  bootstrapRatio,
  median,
} from "../../../../bench/lib/measure/bootstrap.ts";

const times = fc.array(fc.double({ min: 0.1, max: 10, noNaN: true }), {
  minLength: 5,
  maxLength: 20,
});

Deno.test("median() is the middle of odd counts and the mean of two of even", () => {
  assertEquals(median([3, 1, 2]), 2);
  assertEquals(median([4, 1, 3, 2]), 2.5);
});

Deno.test("bootstrapRatio() of a form with itself is exactly 1", () => {
  fc.assert(fc.property(times, (timesMs) => {
    assertEquals(bootstrapRatio(timesMs, timesMs, { resamples: 50 }), {
      value: 1,
      low: 1,
      high: 1,
    });
  }));
});

Deno.test("bootstrapRatio() scales with its numerators", () => {
  fc.assert(fc.property(times, (timesMs) => {
    const others = timesMs.toReversed();
    const once = bootstrapRatio(timesMs, others, { resamples: 50 });
    const doubled = bootstrapRatio(timesMs.map((ms) => 2 * ms), others, {
      resamples: 50,
    });
    assertEquals(doubled, {
      value: 2 * once.value,
      low: 2 * once.low,
      high: 2 * once.high,
    });
  }));
});

Deno.test("bootstrapRatio() gives no bounds from fewer than five rounds", () => {
  assertEquals(bootstrapRatio([2, 2, 2, 2], [1, 1, 1, 1]), {
    value: 2,
    low: 0,
    high: Infinity,
  });
});

Deno.test("bootstrapRatio() refuses rounds that do not pair", () => {
  assertThrows(() => bootstrapRatio([1, 2], [1]), RangeError);
  assertThrows(() => bootstrapRatio([], []), RangeError);
});

Deno.test("bootstrapRatio() widens where processes differ by more than rounds", () => {
  const random = seededRandom(3);
  const rounds = (mean: number) =>
    Array.from({ length: 20 }, () => normal(random, mean, 1));
  const numerators = [90, 100, 110, 120].flatMap(rounds);
  const denominators = [100, 100, 100, 100].flatMap(rounds);
  const { low, high } = bootstrapRatio(numerators, denominators, {
    groups: [20, 20, 20, 20],
  });
  const together = bootstrapRatio(numerators, denominators);
  assert(low < together.low - 0.02 && together.high + 0.02 < high);
  assert(low <= 0.95 && high >= 1.15, `${low} ${high}`);
});

Deno.test("bootstrapRatio() refuses groups of other rounds than there are", () => {
  const five = [1, 2, 3, 4, 5];
  assertThrows(
    () => bootstrapRatio(five, five, { groups: [2, 2] }),
    RangeError,
    "Cannot make groups of 2,2 of 5 rounds",
  );
});

Deno.test("bootstrapRatio() covers the true ratio about as often as it says", () => {
  const random = seededRandom(7);
  const draw = (mean: number) =>
    Array.from({ length: 31 }, () => normal(random, mean, 5));
  let covered = 0;
  const trials = 200;
  for (let seed = 0; seed < trials; seed++) {
    const { low, high } = bootstrapRatio(draw(120), draw(100), {
      resamples: 300,
      seed,
    });
    if (low <= 1.2 && 1.2 <= high) covered++;
  }
  assert(covered / trials > 0.88 && covered / trials < 0.995, `${covered}`);
});
