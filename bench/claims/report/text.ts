import { busyWarning, machineLine } from "../../lib/report/origin.ts";
import { textTable } from "../../lib/report/table.ts";
import type { Verdict } from "../judge/verdict.ts";
import type { CaseFigures } from "../measure/measure_case.ts";
import type { BenchReport } from "./bench_report.ts";
import { claimsTable, verdictLines } from "./claims_table.ts";
import { figuresTable, roundsOf } from "./figures_table.ts";

const SGR: Record<Verdict, number> = {
  "holds": 32,
  "exceeded": 32,
  "does not hold": 31,
  "can't tell": 33,
};

function paintVerdict(cell: string): string {
  const code = SGR[cell.trim() as Verdict];
  return code === undefined ? cell : `\x1b[${code}m${cell}\x1b[39m`;
}

/** A case's figures for a terminal. */
export function figuresText(figures: CaseFigures): string {
  return `${figures.name}: ${figures.title} (${roundsOf(figures)})\n${
    textTable(figuresTable(figures))
  }\n`;
}

/** The claims for a terminal, at most 100 columns wide. */
export function claimsText(report: BenchReport, color: boolean): string {
  const { claims, notes } = report;
  const warning = busyWarning(report);
  const head = [machineLine(report), ...warning ? [warning] : [], ...notes];
  if (claims.length === 0) {
    return [...head, "The report claims nothing of this.\n"].join("\n");
  }
  const table = textTable(
    claimsTable(claims),
    color ? paintVerdict : undefined,
  );
  return [
    ...head,
    `\n${table}\n`,
    ...verdictLines(claims),
    `
Gains of the report's "after" over its "before", in TypeScript and in Python
itself, and of this package over that "before", with 95 % intervals; a negative
one is a loss.
`,
  ].join("\n");
}
