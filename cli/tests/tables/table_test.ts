import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { type Column, layOut } from "../../src/tables/table.ts";
import { printTable } from "../../src/tables/print_table.ts";
import { shortened, widthFor } from "../../src/tables/text_width.ts";
import { keptTerminal } from "../_run.ts";
import {
  formatBytes,
  formatChange,
  formatMs,
} from "../../src/tables/figures.ts";

const COLUMNS: readonly Column[] = [
  {
    head: "run",
    align: "left",
    rank: 0,
    cells: ["衛星の試験_0001_長い名前", "b"],
  },
  { head: "p95 ms", align: "right", rank: 1, cells: ["75.20", "131.7"] },
  { head: "p99 ms", align: "right", rank: 2, cells: ["80.10", "141.7"] },
];

Deno.test("layOut() aligns figures to the right, and counts wide characters", async () => {
  assertEquals((await layOut(COLUMNS, 80)).lines, [
    "run                       p95 ms  p99 ms",
    "衛星の試験_0001_長い名前   75.20   80.10",
    "b                          131.7   141.7",
  ]);
});

Deno.test("layOut() drops columns by their rank, and shortens names for what stays", async () => {
  assertEquals((await layOut(COLUMNS, 38)).omitted, ["p99 ms"]);
  assertEquals(await layOut(COLUMNS, 20), {
    lines: [
      "run",
      "衛星の試験…_長い名前",
      "b",
    ],
    omitted: ["p95 ms", "p99 ms"],
  });
});

Deno.test("layOut() drops figures before it makes names unreadable", async () => {
  const name = "loopback_2026-11-25_16-10-02";
  const saved = "2026-11-25 16:10";
  const figures = ["p50", "p95", "p99"].map((head, i): Column => ({
    ...{ head: `agent_decision ${head} ms`, align: "right", rank: 3 + i },
    cells: ["3.176"],
  }));
  const { lines: [, line], omitted } = await layOut([
    { head: "run", align: "left", rank: 0, cells: [name] },
    { head: "saved", align: "left", rank: 2, cells: [saved] },
    ...figures,
    { head: "labels", align: "left", rank: 9, cells: ["host=bench-7"] },
  ], 80);
  assertEquals(line, `${name}  ${saved}                  3.176`);
  assertEquals(omitted, [
    ...["agent_decision p95 ms", "agent_decision p99 ms", "labels"],
  ]);
});

Deno.test("layOut() fits any names from 40 columns on, and lets none command the terminal", async () => {
  const widthOf = await widthFor(["全"]);
  await fc.assert(fc.asyncProperty(
    fc.array(fc.string({ unit: "binary", maxLength: 80 }), {
      minLength: 1,
      maxLength: 4,
    }),
    fc.integer({ min: 40, max: 200 }),
    async (names, width) => {
      const cells = names.map(() => "1234.5");
      const { lines } = await layOut([
        { head: "run", align: "left", rank: 0, cells: names },
        ...[1, 2, 3, 4, 5].map((rank): Column => ({
          ...{ head: `f${rank}`, align: "right", rank, cells },
        })),
        { head: "labels", align: "left", rank: 9, cells: names },
      ], width);
      for (const line of lines) {
        assertEquals(widthOf(line) <= width, true, line);
        assertEquals(/[\p{Cc}\u202e]/u.test(line), false);
      }
    },
  ));
});

Deno.test("printTable() names what did not fit, in lines that fit and command nothing", async () => {
  const terminal = keptTerminal({ columns: 40 });
  const heads = ["\x9b2Jmetric p95 ms", "agent_decision p95 ms", "labels"];
  await printTable([
    { head: "run", align: "left", rank: 0, cells: ["x".repeat(40)] },
    ...heads.map((head, i): Column => ({
      ...{ head, align: "right", rank: i + 1, cells: ["1234.5"] },
    })),
  ], terminal);
  assertEquals(terminal.out.join("").split("\n").slice(2), [
    "not shown, too narrow: \uFFFD2Jmetric p95 ms,",
    "agent_decision p95 ms, labels",
    "",
  ]);
});

Deno.test("shortened() keeps start and end, and cuts no character in two", async () => {
  const widthOf = await widthFor(["👩‍🚀"]);
  assertEquals(shortened("abcdefghij", 7, widthOf), "abc…hij");
  assertEquals(shortened("abc", 3, widthOf), "abc");
  assertEquals(shortened("👩‍🚀👩‍🚀👩‍🚀👩‍🚀", 5, widthOf), "👩‍🚀…👩‍🚀");
});

Deno.test("Figures have four digits, and changes a sign", () => {
  const figures = [0, 0.00034, 0.0512, 0.9999, 7.5, 75.2, 131.74, 1234.4];
  assertEquals(figures.map(formatMs), [
    ...["0", "0.000340", "0.0512", "1.00", "7.500", "75.20", "131.7", "1234"],
  ]);
  assertEquals([undefined, NaN, 1e-7, 123456.7, 1e12].map(formatMs), [
    ...["–", "–", "1.00e-7", "123457", "1.00e+12"],
  ]);
  assertEquals([1, 1.1234, 0.5, 1.00001, 3.5].map(formatChange), [
    ...["0.0 %", "+12.3 %", "−50.0 %", "0.0 %", "+250 %"],
  ]);
  assertEquals([25, 1616.2, 4e9, Infinity, NaN].map(formatChange), [
    ...["×25", "×1620", "×4e+9", "×∞", "–"],
  ]);
  assertEquals([0, 999, 1234, 22e6].map(formatBytes), [
    ...["0 B", "999 B", "1.23 kB", "22.0 MB"],
  ]);
});
