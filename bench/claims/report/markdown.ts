import { busyWarning, machineLine } from "../../lib/report/origin.ts";
import { markdownTable } from "../../lib/report/table.ts";
import type { CaseFigures } from "../measure/measure_case.ts";
import type { BenchReport } from "./bench_report.ts";
import { verdictLines, wideClaimsTable } from "./claims_table.ts";
import { figuresTable, roundsOf } from "./figures_table.ts";
import { plotName } from "./plot.ts";

function caseSection(figures: CaseFigures): string {
  const { name, title } = figures;
  const counted = Object.entries(figures.counts).map(([what, counts]) =>
    `Counted ${what}: ${
      Object.entries(counts).map(([form, count]) =>
        `${form} ${Math.round(count).toLocaleString("en")}`
      ).join(", ")
    }.`
  );
  return [
    `### \`${name}\`: ${title}`,
    `![${title}](plots/${plotName(figures)})`,
    markdownTable(figuresTable(figures)),
    ...counted,
    `${roundsOf(figures)}.`,
  ].join("\n\n");
}

/** Everything that was measured, as a page. */
export function reportMarkdown(report: BenchReport): string {
  const warning = busyWarning(report);
  return `# The report's claims, and the figures behind them

Written by \`deno task bench:results\` on ${report.date.slice(0, 10)}:
${machineLine(report)}.${warning ? `\n**${warning}.**` : ""}
${report.notes.map((note) => `\n${note}.\n`).join("")}
## The report's claims

${verdictLines(report.claims).map((line) => `- ${line}`).join("\n")}

TypeScript: the report's two versions written anew (\`before/\`, \`after/\`).
Python: the program itself, in checkouts of both versions. Both are gains of
"after" over "before"; \`package\` is this package over the TypeScript "before". A
gain in per cent is time saved; a negative one is time lost. Verdicts follow
from the 95 % interval, as \`judge/verdict.ts\` says. Neither of the report's
versions syncs its files, so \`package\` saves with \`durability: "none"\`; its
default stands beside it as \`package, fsync\`.

${markdownTable(wideClaimsTable(report.claims))}

In Python the two changes to the comparison stand in one function; "before" is
run with one of them at a time. What is counted as bytes there is what a call
has in use at the most, since CPython frees what it is done with.

## The figures behind them

The forms of a case take turns, round by round. Median: over the rounds. p99:
of single calls when the form runs alone. Heap: what a call allocates.

${report.figures.map(caseSection).join("\n\n")}
`;
}
