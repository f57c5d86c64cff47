import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { runAtOnce, SLICE_VALUES } from "../../src/event_loop/sliced.ts";
import { selectRanks } from "../../src/statistics/select_ranks.ts";
import { DISTRIBUTIONS, drawDurations } from "./_distributions.ts";

Deno.test("selectRanks() puts every rank where sorting would, for any distribution", () => {
  fc.assert(fc.property(
    fc.constantFrom(...Object.keys(DISTRIBUTIONS)),
    fc.oneof(
      fc.integer({ min: 1, max: 600 }),
      fc.integer({ min: 1, max: 40_000 }),
    ),
    fc.integer(),
    fc.array(fc.double({ min: 0, max: 0.999999, noNaN: true }), {
      maxLength: 6,
    }),
    (distribution, count, seed, shares) => {
      const values = Float64Array.from(
        drawDurations(distribution, count, seed),
      );
      const ascending = values.toSorted();
      const ranks = [0, ...shares.map((q) => Math.floor(q * count)), count - 1]
        .sort((a, b) => a - b);
      runAtOnce(selectRanks(values, 0, count, ranks));
      for (const rank of ranks) {
        assert(Object.is(values[rank], ascending[rank]));
        const before = values.subarray(0, rank);
        const after = values.subarray(rank);
        assert(before.every((value) => value <= values[rank]!));
        assert(after.every((value) => value >= values[rank]!));
      }
      assertEquals(values.sort(), ascending);
    },
  ));
});

Deno.test("selectRanks() leaves what is outside its range alone", () => {
  const values = Float64Array.from(drawDurations("normal", 3000, 1));
  const wanted = values.slice();
  runAtOnce(selectRanks(values, 1000, 2000, [1500]));
  assertEquals(values.subarray(0, 1000), wanted.subarray(0, 1000));
  assertEquals(values.subarray(2000), wanted.subarray(2000));
  assertEquals(
    values.subarray(1000, 2000).sort(),
    wanted.subarray(1000, 2000).sort(),
  );
});

Deno.test("selectRanks() stays linear in its worst known inputs", () => {
  const count = 300_000;
  for (const distribution of Object.keys(DISTRIBUTIONS)) {
    const values = Float64Array.from(drawDurations(distribution, count, 1));
    let slices = 0;
    const work = selectRanks(values, 0, count, [0, count >> 1, count - 1]);
    while (!work.next().done) slices++;
    // Each value is moved six times at most.
    const most = 6 * count / SLICE_VALUES;
    assert(slices <= most, `${distribution}: ${slices} slices`);
  }
});
