import type { SelfTestReport } from "@astraguard/hil-metrics/judge";
import { formatChange } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import { printTable } from "../tables/print_table.ts";
import { styled } from "../terminal/style.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Prints what the judge would find of slow-downs, and whether it can fail. */
export async function printSelfTest(
  report: SelfTestReport,
  terminal: Terminal,
): Promise<void> {
  const { rows, judgements, baselines, candidates, unchanged } = report;
  terminal.print(
    `${judgements} judgements of each slow-down, ${candidates} candidates against ${baselines} baselines`,
  );
  const percents = (shareOf: (row: SelfTestReport["rows"][number]) => number) =>
    rows.map((row) => `${Math.round(100 * shareOf(row))} %`);
  await printTable([
    {
      head: "slow-down of",
      align: "left",
      rank: 0,
      cells: rows.map(({ kind, satelliteId, metricType }) =>
        satelliteId ?? metricType ??
          (kind === "tail" ? "the slowest 5 %" : "everything")
      ),
    },
    {
      head: "by",
      align: "right",
      rank: 0,
      cells: rows.map(({ factor }) => formatChange(factor)),
    },
    {
      head: "found",
      align: "right",
      rank: 0,
      cells: percents((it) => it.found),
    },
    {
      head: "shown",
      align: "right",
      rank: 1,
      cells: percents((it) => it.shown),
    },
    {
      head: "attributed",
      align: "right",
      rank: 2,
      cells: percents((it) => it.attributed),
    },
  ], terminal);
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  terminal.print(
    `unchanged runs: ${percent(report.falseAlarms)} with an alarm, ` +
      `${percent(unchanged.pass)} pass, ${
        percent(unchanged.inconclusive)
      } inconclusive`,
  );
  for (const warning of report.warnings) {
    terminal.print(
      `${styled("warning:", "yellow", terminal)} ${harmless(warning)}`,
    );
  }
  terminal.print(
    report.canFail
      ? styled("This gate can fail", "green", terminal)
      : styled("This gate cannot fail", "red", terminal),
  );
}
