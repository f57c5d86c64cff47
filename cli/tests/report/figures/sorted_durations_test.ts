import { assertAlmostEquals, assertEquals } from "@std/assert";
import {
  quantileOf,
  sortedDurations,
} from "../../../src/report/figures/sorted_durations.ts";
import { Pace } from "../../../src/event_loop/pace.ts";
import { rowsOf } from "./_rows.ts";

for (const count of [0, 1, 2, 4095, 4096, 4097, 8192, 8193, 30_000]) {
  Deno.test(`sortedDurations() sorts ${count} durations as Float64Array.sort() does`, async () => {
    const durationsMs = Float64Array.from(
      { length: count },
      (_, i) => (i * 7919) % 104_729 / 10,
    );
    const third = Math.floor(count / 3);
    const found = await sortedDurations([
      rowsOf("SAT1", durationsMs.slice(0, third)),
      rowsOf("SAT2", durationsMs.slice(third)),
    ], new Pace());
    assertEquals(found, durationsMs.toSorted());
  });
}

for (
  const [values, q, wanted] of [
    [[1, 2, 3, 4], 0, 1],
    [[1, 2, 3, 4], 1, 4],
    [[1, 2, 3, 4], 0.5, 2.5],
    // R: quantile(c(1, 2, 3, 4, 10), 0.9)
    [[1, 2, 3, 4, 10], 0.9, 7.6],
    [[5], 0.99, 5],
    [[], 0.5, NaN],
  ] as const
) {
  Deno.test(`quantileOf() of ${JSON.stringify(values)} at ${q} is ${wanted}`, () => {
    const found = quantileOf(Float64Array.from(values), q);
    if (Number.isNaN(wanted)) assertEquals(found, NaN);
    else assertAlmostEquals(found, wanted, 1e-12);
  });
}
