import type { JudgedClaim } from "../measure/judge_claims.ts";
import type { CaseFigures } from "../measure/measure_case.ts";
import { type BenchReport, busyWarning, machineLine } from "./bench_report.ts";
import { claimsTable } from "./claims_table.ts";
import { figuresTable } from "./figures_table.ts";
import { plotName } from "./plot.ts";
import { markdownTable, type Table } from "./table.ts";

/** The claims with the report's sections and the verdict on the package. */
function fullClaimsTable(claims: readonly JudgedClaim[]): Table {
  const { head, rows } = claimsTable(claims);
  return {
    head: [...head, "Verdict on it", "Where the report says it"],
    rows: rows.map((row, i) => [
      ...row,
      claims[i]!.package?.verdict ?? "",
      claims[i]!.sections.join("; "),
    ]),
    right: [4],
  };
}

function caseSection(figures: CaseFigures): string {
  const { name, title } = figures;
  const rounds = figures.forms.before!.roundsMs.length;
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
    `${rounds} rounds.`,
  ].join("\n\n");
}

/** Everything that was measured, as a page. */
export function reportMarkdown(report: BenchReport): string {
  const warning = busyWarning(report);
  return `# Benchmark results

Written by \`deno task bench:results\` on ${report.date.slice(0, 10)}:
${machineLine(report)}.${warning ? `\n**${warning}.**` : ""}
${
    report.original
      ? "`original` is the Python program itself."
      : "The Python original was not at hand (`HIL_METRICS_ORIGINAL`)."
  }

## The report's claims

\`before\` and \`after\` are the report's two versions in TypeScript
(\`bench/before/\`, \`bench/after/\`). A gain in per cent is time saved; a negative
one is time lost. Verdicts follow from the 95 % interval, as
\`bench/measure/verdict.ts\` says. Neither of the report's versions syncs its
files, so \`package\` saves with \`durability: "none"\`; its default stands beside
it as \`package, fsync\`.

${markdownTable(fullClaimsTable(report.claims))}

## The figures behind them

The forms of a case take turns, round by round. Median: over the rounds. p99:
of single calls when the form runs alone. Heap: what a call allocates.

${report.figures.map(caseSection).join("\n\n")}
`;
}
