import { assertEquals, assertStringIncludes } from "@std/assert";
import type { RivalFigure } from "../../../bench/rivals/rival_row.ts";
import {
  goalsLine,
  rivalsMarkdown,
} from "../../../bench/rivals/rivals_markdown.ts";
import { isMet, rivalsTable } from "../../../bench/rivals/rivals_table.ts";
import { reportOf } from "../_figures.ts";

const ALONE: RivalFigure = { what: "pause", unit: "ms", own: 4, goal: 5 };
const BESIDE: RivalFigure = {
  what: "pause",
  unit: "ms",
  own: 4,
  goal: 1.5,
  rival: {
    name: "idle loop",
    value: 2,
    ratio: { value: 2, low: 1.9, high: 2.1 },
  },
};

Deno.test("isMet() holds the ratio against the goal, or the package where it is alone", () => {
  assertEquals(isMet(ALONE), true);
  assertEquals(isMet({ ...ALONE, own: 6 }), false);
  assertEquals(isMet(BESIDE), false);
  assertEquals(isMet({ what: "pause", unit: "ms", own: 4 }), undefined);
  assertEquals(goalsLine([ALONE, BESIDE]), "1 of 2 goals met");
});

Deno.test("rivalsTable() says once what the rivals of a row do", () => {
  assertEquals(rivalsTable([ALONE, BESIDE]).rows, [
    ["pause", "4.00 ms", "", "", "", "", "5.00 ms", "met"],
    [
      "",
      "",
      "idle loop",
      "2.00 ms",
      "2.00×",
      "[1.90×, 2.10×]",
      "1.5×",
      "not met",
    ],
  ]);
});

Deno.test("rivalsMarkdown() says what was left out", () => {
  const page = rivalsMarkdown(reportOf([]), [ALONE], ["papaparse: too old"]);
  assertStringIncludes(page, "Left out: papaparse: too old");
  assertStringIncludes(page, "1 of 1 goals met");
});
