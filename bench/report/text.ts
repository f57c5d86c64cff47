import type { CaseFigures } from "../measure/measure_case.ts";
import type { Verdict } from "../measure/verdict.ts";
import { type BenchReport, busyWarning, machineLine } from "./bench_report.ts";
import { claimsTable } from "./claims_table.ts";
import { figuresTable } from "./figures_table.ts";
import { textTable } from "./table.ts";

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
  const rounds = figures.forms.before!.roundsMs.length;
  return `${figures.name}: ${figures.title} (${rounds} rounds)\n${
    textTable(figuresTable(figures))
  }\n`;
}

/** The claims for a terminal, at most 100 columns wide. */
export function claimsText(report: BenchReport, color: boolean): string {
  const warning = busyWarning(report);
  return `${machineLine(report)}\n${warning ? `${warning}\n` : ""}\n${
    textTable(claimsTable(report.claims), color ? paintVerdict : undefined)
  }\n
Gains over the report's "before", with 95 % intervals; a negative one is a loss.
`;
}
