import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { normal, seededRandom } from "../../../bench/lib/data/random.ts";
import { outlierThreshold, robustScale } from "../../src/ask/robust_scale.ts";

Deno.test("robustScale() takes the mean of the two in the middle", async () => {
  assertEquals(await robustScale([3, 1, 2]), { median: 2, scale: 1.4826 });
  assertEquals(await robustScale([4, 1, 2, 10]), { median: 3, scale: 2.2239 });
  assertEquals(await robustScale([5]), { median: 5, scale: 0 });
});

Deno.test("robustScale() is hardly moved by nearly half of the numbers", async () => {
  const random = seededRandom(1);
  const numbers = Array.from(
    { length: 1000 },
    (_, i) => i < 400 ? 1e9 : normal(random, 100, 1),
  );
  const { median, scale } = await robustScale(numbers);
  assert(Math.abs(median - 100) < 2, `${median}`);
  assert(scale < 4, `${scale}`);
});

Deno.test("robustScale() of normal numbers is their standard deviation", async () => {
  const random = seededRandom(2);
  const numbers = Array.from({ length: 50_000 }, () => normal(random, 7, 3));
  const { median, scale } = await robustScale(numbers);
  assertAlmostEquals(median, 7, 0.05);
  assertAlmostEquals(scale, 3, 0.05);
});

Deno.test("outlierThreshold() is exceeded by alike numbers in one of 100 cases", async () => {
  const random = seededRandom(3);
  for (
    const [count, cases] of [[10, 20_000], [31, 8000], [200, 2500]] as const
  ) {
    let alarms = 0;
    for (let i = 0; i < cases; i++) {
      const numbers = Array.from({ length: count }, () => normal(random, 0, 1));
      const { median, scale } = await robustScale(numbers);
      const far = Math.max(...numbers.map((it) => Math.abs(it - median)));
      if (far / scale > outlierThreshold(count)) alarms++;
    }
    const share = alarms / cases;
    assert(share > 0.005 && share < 0.015, `${share} of ${count}`);
  }
});
