import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { CLAIMS } from "../../../../bench/claims/claims.ts";
import { judgeClaims } from "../../../../bench/claims/judge/judge_claims.ts";
import { ORIGINAL_FORMS } from "../../../../bench/claims/original/add_original.ts";
import { verdictLines } from "../../../../bench/claims/report/claims_table.ts";
import {
  formatGain,
  formatGainInterval,
} from "../../../../bench/claims/report/gain.ts";
import { reportMarkdown } from "../../../../bench/claims/report/markdown.ts";
import { plotCase } from "../../../../bench/claims/report/plot.ts";
import {
  claimsText,
  figuresText,
} from "../../../../bench/claims/report/text.ts";
import { figuresOf, reportOf } from "../../_figures.ts";

/** Every claim, at figures about as long as they get. */
function fullReport() {
  const figures = CLAIMS.map(({ test }) => {
    const made = figuresOf(test.case, test.size, {
      before: 123.456,
      after: 1234.56,
      package: 0.000123,
      "package, revalidating": 0.123,
      [ORIGINAL_FORMS.before]: 1000,
      [ORIGINAL_FORMS.after]: 15,
    });
    for (const { cost } of CLAIMS.map((it) => it.test)) {
      if (cost) {
        made.counts[cost] = {
          before: 1,
          after: 3,
          [ORIGINAL_FORMS.before]: 12,
          [ORIGINAL_FORMS.after]: 4,
        };
      }
    }
    return made;
  });
  return { ...reportOf(figures), claims: judgeClaims(CLAIMS, figures) };
}

Deno.test("formatGain() gives about three digits", () => {
  assertEquals(formatGain(-5.68, "%"), "-5.7 %");
  assertEquals(formatGain(443.7, "×"), "444×");
  assertEquals(formatGainInterval([-Infinity, 100], "%"), "[-∞, 100]");
});

Deno.test("claimsText() fits in 100 columns and has all gains of a claim", () => {
  const text = claimsText(fullReport(), false);
  const lines = text.split("\n");
  assertEquals(lines.filter((line) => line.length > 100), []);
  for (const { name, test } of CLAIMS) {
    const at = lines.findIndex((line) => line.startsWith(`${name} `));
    assert(at > 0, name);
    const gains = test.cost
      ? [/TypeScript +.*does not hold$/, /Python +.*$/]
      : [/TypeScript +.*does not hold$/, /Python +.*$/, /package +.*exceeded$/];
    for (const [i, gain] of gains.entries()) {
      assert(gain.test(lines[at + i]!), lines[at + i]);
    }
  }
});

Deno.test("verdictLines() counts the verdicts for each that claims are judged for", () => {
  const figures = figuresOf("save", 10_000, {
    before: 100,
    after: 60,
    package: 10,
    [ORIGINAL_FORMS.before]: 100,
    [ORIGINAL_FORMS.after]: 100,
  });
  assertEquals(verdictLines(judgeClaims(CLAIMS, [figures])), [
    "TypeScript: 2 hold",
    "Python: 2 do not hold",
    "package: 2 are exceeded",
  ]);
});

Deno.test("claimsText() has escapes only when it is to have colour", () => {
  assert(!claimsText(fullReport(), false).includes("\x1b"));
  assertStringIncludes(
    claimsText(fullReport(), true),
    "\x1b[31mdoes not hold\x1b[39m",
  );
});

Deno.test("claimsText() and reportMarkdown() tell what a reader has to know", () => {
  const quiet = fullReport();
  const busy = {
    ...quiet,
    machine: { ...quiet.machine, load: 3 },
    notes: ["Left out: this and that"],
  };
  for (const [wanted, report] of [[false, quiet], [true, busy]] as const) {
    for (const text of [claimsText(report, false), reportMarkdown(report)]) {
      assertEquals(text.includes("busy (load 3.0 on 2 cores)"), wanted);
      assertEquals(text.includes("Left out: this and that"), wanted);
    }
  }
});

Deno.test("figuresText() fits in 100 columns, in whatever processes", () => {
  for (const figures of fullReport().figures) {
    const text = figuresText({ ...figures, processes: [4, 5] });
    assertStringIncludes(text, "(9 rounds in 2 processes)");
    for (const line of text.split("\n")) assert(line.length <= 100, line);
  }
});

Deno.test("reportMarkdown() has every claim, verdict and figure", () => {
  const report = fullReport();
  const markdown = reportMarkdown(report);
  const rows = markdown.split("\n").filter((line) => line.startsWith("| "));
  for (const { name, verdict, python, sections } of report.claims) {
    const row = rows.find((it) => it.startsWith(`| ${name} |`));
    assert(row, name);
    const cells = row.split(" | ");
    assertEquals([cells[3], cells[5]], [verdict, python!.verdict]);
    assertStringIncludes(row, sections.join("; "));
  }
  assertStringIncludes(markdown, "a CPU (2 cores)");
});

Deno.test("reportMarkdown() has no column for an original that there was not", () => {
  const figures = [
    figuresOf("read", 5000, { before: 4, after: 2, package: 1 }),
  ];
  const report = {
    ...reportOf(figures),
    claims: judgeClaims(CLAIMS, figures),
  };
  assertStringIncludes(
    reportMarkdown(report),
    "| Claim | Report | TypeScript | Verdict | package | Verdict | Where",
  );
});

Deno.test("plotCase() draws a bar a form, in proportion, and escapes text", () => {
  for (const first of ["before", "naive"]) {
    const svg = plotCase({
      ...figuresOf("save", 10, { [first]: 4, after: 2, package: 1 }),
      title: "a < b & c",
    });
    const widths = [...svg.matchAll(/width="([\d.]+)" height="20"/g)]
      .map(([, width]) => Number(width));
    assertEquals(widths, [400, 200, 100]);
    assertStringIncludes(svg, "a &lt; b &amp; c");
  }
});
