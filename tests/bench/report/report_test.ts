import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLAIMS } from "../../../bench/claims.ts";
import { judgeClaims } from "../../../bench/measure/judge_claims.ts";
import { reportMarkdown } from "../../../bench/report/markdown.ts";
import { plotCase } from "../../../bench/report/plot.ts";
import {
  formatBytes,
  formatDuration,
  formatGain,
  formatGainInterval,
} from "../../../bench/report/quantity.ts";
import { markdownTable, textTable } from "../../../bench/report/table.ts";
import { claimsText, figuresText } from "../../../bench/report/text.ts";
import { figuresOf, reportOf } from "../_figures.ts";

/** Every claim, at figures about as long as they get. */
function fullReport() {
  const figures = CLAIMS.map(({ test }) => {
    const made = figuresOf(test.case, test.size, {
      before: 123.456,
      after: 1234.56,
      package: 0.000123,
      "package, revalidating": 0.123,
    });
    for (const { cost } of CLAIMS.map((it) => it.test)) {
      if (cost) made.counts[cost] = { before: 1, after: 3 };
    }
    return made;
  });
  return { ...reportOf(figures), claims: judgeClaims(CLAIMS, figures) };
}

Deno.test("formatDuration() takes the unit that suits the duration", () => {
  const table: [number, string][] = [
    [1500, "1.50 s"],
    [15, "15.0 ms"],
    [0.5, "500 µs"],
    [0.000_043, "43.0 ns"],
    [0.000_000_5, "0.500 ns"],
    [2_000_000, "2,000 s"],
  ];
  for (const [ms, wanted] of table) assertEquals(formatDuration(ms), wanted);
});

Deno.test("formatBytes() and formatGain() give about three digits", () => {
  assertEquals(formatBytes(1_324_194), "1.32 MB");
  assertEquals(formatBytes(885), "885 B");
  assertEquals(formatGain(-5.68, "%"), "-5.7 %");
  assertEquals(formatGain(443.7, "×"), "444×");
  assertEquals(formatGainInterval([-Infinity, 100], "%"), "[-∞, 100]");
});

Deno.test("textTable() lines up columns, markdownTable() marks the right ones", () => {
  const table = { head: ["a", "b"], rows: [["xyz", "1"]], right: [1] };
  assertEquals(textTable(table), "a    b\n---  -\nxyz  1");
  assertEquals(markdownTable(table), "| a | b |\n| --- | --: |\n| xyz | 1 |");
});

Deno.test("claimsText() fits in 100 columns and has a row a claim", () => {
  const lines = claimsText(fullReport(), false).split("\n");
  const tooLong = lines.filter((line) => line.length > 100);
  assertEquals(tooLong, []);
  for (const { name } of CLAIMS) {
    assert(lines.some((line) => line.startsWith(`${name} `)), name);
  }
});

Deno.test("claimsText() has escapes only when it is to have colour", () => {
  assert(!claimsText(fullReport(), false).includes("\x1b"));
  assertStringIncludes(
    claimsText(fullReport(), true),
    "\x1b[31mdoes not hold\x1b[39m",
  );
});

Deno.test("claimsText() and reportMarkdown() warn of a busy machine", () => {
  const quiet = fullReport();
  const busy = { ...quiet, machine: { ...quiet.machine, load: 3 } };
  assert(!claimsText(quiet, false).includes("busy"));
  assertStringIncludes(claimsText(busy, false), "busy (load 3.0 on 2 cores)");
  assertStringIncludes(reportMarkdown(busy), "busy (load 3.0 on 2 cores)");
});

Deno.test("figuresText() fits in 100 columns", () => {
  for (const figures of fullReport().figures) {
    for (const line of figuresText(figures).split("\n")) {
      assert(line.length <= 100, line);
    }
  }
});

Deno.test("reportMarkdown() has every claim, verdict and figure", () => {
  const report = fullReport();
  const markdown = reportMarkdown(report);
  for (const { name, verdict, sections } of report.claims) {
    assertStringIncludes(markdown, name);
    assertStringIncludes(markdown, verdict);
    assertStringIncludes(markdown, sections.join("; "));
  }
  assertStringIncludes(markdown, "a CPU (2 cores)");
});

Deno.test("plotCase() draws a bar a form, in proportion, and escapes text", () => {
  const svg = plotCase({
    ...figuresOf("save", 10, { before: 4, after: 2, package: 1 }),
    title: "a < b & c",
  });
  const widths = [...svg.matchAll(/width="([\d.]+)" height="20"/g)]
    .map(([, width]) => Number(width));
  assertEquals(widths, [400, 200, 100]);
  assertStringIncludes(svg, "a &lt; b &amp; c");
});
