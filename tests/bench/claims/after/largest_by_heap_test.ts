import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { largestByHeap } from "../../../../bench/claims/after/largest_by_heap.ts";

Deno.test("largestByHeap() equals sorting and slicing", () => {
  fc.assert(fc.property(
    fc.array(fc.integer()),
    fc.integer({ min: 1, max: 20 }),
    (items, limit) =>
      assertEquals(
        largestByHeap(items, limit, (a, b) => a - b),
        items.toSorted((a, b) => b - a).slice(0, limit),
      ),
  ));
});
