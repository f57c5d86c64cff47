import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  formatDifference,
  formatFigure,
  formatPercentage,
  formatTable,
} from "../../examples/_table.ts";

/** From a microsecond to 11 days. */
const DURATION_MS = fc.oneof(
  fc.constant(0),
  fc.double({ min: 1e-3, max: 1e9, noNaN: true }),
);

Deno.test("formatTable() takes 80 columns at most for a comparison of any durations", () => {
  fc.assert(fc.property(
    fc.string(),
    fc.array(fc.tuple(DURATION_MS, DURATION_MS), { minLength: 1 }),
    (label, pairs) => {
      const rows = pairs.map(([now, before]) => {
        const change = [
          formatFigure(now),
          formatFigure(before),
          formatDifference(now - before),
          formatPercentage((now - before) / before * 100),
        ];
        return [label, ...change, ...change];
      });
      for (const line of formatTable(rows)) assert(line.length <= 80, line);
    },
  ));
});

Deno.test("formatTable() keeps start and end of a long name, and what commands a terminal from it", () => {
  const [line] = formatTable([[`\x1b[2J${"a".repeat(100)}z`, "1.00"]]);
  assertEquals(line, `?[2J${"a".repeat(33)}…${"a".repeat(35)}z  1.00`);
});

for (
  const [value, figure, difference, percentage] of [
    [0, "0.00", "0.00", "0.0 %"],
    [1.125, "1.13", "+1.13", "+1.1 %"],
    [-999.99, "-999.99", "-999.99", "-1000.0 %"],
    [12345.6, "12346", "+12346", "+12346 %"],
    [-1.5e7, "-2e+7", "-2e+7", "-2e+7 %"],
    [NaN, "–", "–", "–"],
    [Infinity, "–", "–", "–"],
  ] as const
) {
  Deno.test(`formatFigure(${value}) is ${figure}`, () => {
    assertEquals(formatFigure(value), figure);
    assertEquals(formatDifference(value), difference);
    assertEquals(formatPercentage(value), percentage);
  });
}
