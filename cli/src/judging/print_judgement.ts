import type {
  Judgement,
  JudgementRow,
  RowVerdict,
  Verdict,
} from "@astraguard/hil-metrics/judge";
import {
  formatChange,
  formatInterval,
  formatMs,
  NONE,
} from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import { printTable } from "../tables/print_table.ts";
import type { Column } from "../tables/table.ts";
import { type Emphasis, styled } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";

const COLOURS: Readonly<Record<Verdict | RowVerdict, Emphasis | undefined>> = {
  pass: "green",
  regressed: "red",
  inconclusive: "yellow",
  improved: "green",
  equivalent: undefined,
};

/**
 * Prints a judgement: the rows that decide and those that have changed, or all,
 * where it comes from, what makes it doubtful, and the verdict last, where the
 * eye is.
 */
export async function printJudgement(
  { verdict, reason, rows, attribution, warnings }: Judgement,
  terminal: Terminal,
  hasAllRows: boolean,
): Promise<void> {
  const shown = rows.filter((row) =>
    hasAllRows || row.isGating || row.verdict === "regressed" ||
    row.verdict === "improved"
  );
  await printTable(columnsOf(shown), terminal, (line, row) => {
    const colour = COLOURS[shown[row]!.verdict];
    const isLoud = colour !== undefined &&
      shown[row]!.verdict !== "inconclusive";
    return isLoud ? styled(line, colour, terminal) : line;
  });
  if (shown.length < rows.length) {
    const others = `${
      rows.length - shown.length
    } more rows, which do not decide: --all-rows`;
    terminal.print(styled(others, "dim", terminal));
  }
  for (const { text } of attribution) {
    terminal.print(harmless(`slower: ${text}`));
  }
  for (const { budget, verdict, reason } of rows) {
    if (budget === undefined || verdict !== "regressed") continue;
    terminal.print(harmless(`over budget: ${budget}: ${reason}`));
  }
  for (const warning of warnings) {
    terminal.print(
      `${styled("warning:", "yellow", terminal)} ${harmless(warning)}`,
    );
  }
  const head = styled(verdict, COLOURS[verdict] ?? "bold", terminal);
  terminal.print(`${head}: ${harmless(reason)}`);
}

function columnsOf(rows: readonly JudgementRow[]): Column[] {
  const column = (
    head: string,
    align: "left" | "right",
    rank: number,
    cellOf: (row: JudgementRow) => string,
  ): Column => ({ head, align, rank, cells: rows.map(cellOf) });
  return [
    column(
      "metric",
      "left",
      0,
      (it) =>
        it.satelliteId === undefined
          ? it.metricType
          : `${it.metricType} [${it.satelliteId}]`,
    ),
    column("figure", "left", 0, (it) => it.figure),
    column("baseline", "right", 3, (it) => formatFigure(it, it.baseline)),
    column("candidate", "right", 2, (it) => formatFigure(it, it.candidate)),
    column("change", "right", 0, (it) => formatChange(it.change)),
    column("95 % interval", "right", 4, (it) => formatInterval(it.interval)),
    column("finds from", "right", 5, (it) => formatChange(it.detectable)),
    column("verdict", "left", 0, (it) => it.verdict),
    column("budget", "left", 6, (it) => it.budget ?? ""),
  ].filter(({ head, cells }) => head !== "budget" || cells.some(Boolean));
}

/** The tail has no unit, a count is one. */
function formatFigure(
  { figure }: JudgementRow,
  value: number | undefined,
): string {
  if (value === undefined) return NONE;
  if (figure === "count") return value.toFixed(0);
  return figure === "tail" ? `${value.toFixed(2)} x` : `${formatMs(value)} ms`;
}
