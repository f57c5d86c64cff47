import { assertEquals } from "@std/assert";
import { quantileRank } from "../../src/statistics/quantile.ts";

Deno.test("quantileRank() is Python's int(n * q)", () => {
  // Computed by CPython 3.11.
  const cases: [number, number, number][] = [
    [1, 0.5, 0],
    [2, 0.5, 1],
    [3, 0.5, 1],
    [1, 0.99, 0],
    [20, 0.95, 19],
    [100, 0.95, 95],
    [100, 0.99, 99],
    [99, 0.99, 98],
    [1_000_000, 0.95, 950_000],
    [1_000_000, 0.99, 990_000],
  ];
  for (const [count, q, rank] of cases) {
    assertEquals(quantileRank(count, q), rank, `${count} * ${q}`);
  }
});

Deno.test("quantileRank() of the median is exactly floor(n / 2)", () => {
  for (let count = 1; count < 5000; count++) {
    assertEquals(quantileRank(count, 0.5), count >> 1);
  }
});
