import type { Estimate } from "../lib/measure/bootstrap.ts";
import { formatBytes, formatDuration } from "../lib/report/quantity.ts";
import type { Table } from "../lib/report/table.ts";
import type { RivalFigure } from "./rival_row.ts";

/** Whether a goal was reached; `undefined` without one. */
export function isMet({ own, rival, goal }: RivalFigure): boolean | undefined {
  return goal === undefined ? undefined : (rival?.ratio.value ?? own) <= goal;
}

function formatAmount(value: number, { unit }: RivalFigure): string {
  if (unit === "ms") return formatDuration(value);
  return value < 100 ? `${value.toFixed(1)} B` : formatBytes(value);
}

function formatRatio(ratio: number): string {
  return `${ratio.toPrecision(3)}×`;
}

/** Few rounds give no bounds. */
function formatInterval({ low, high }: Estimate): string {
  return high === Infinity ? "" : `[${formatRatio(low)}, ${formatRatio(high)}]`;
}

function cells(figure: RivalFigure): string[] {
  const { what, own, rival, goal } = figure;
  const met = isMet(figure);
  return [
    what,
    formatAmount(own, figure),
    rival?.name ?? "",
    rival ? formatAmount(rival.value, figure) : "",
    rival ? formatRatio(rival.ratio.value) : "",
    rival ? formatInterval(rival.ratio) : "",
    goal === undefined ? "" : rival ? `${goal}×` : formatAmount(goal, figure),
    met === undefined ? "" : met ? "met" : "not met",
  ];
}

/** The figures as a table: a line for each rival. */
export function rivalsTable(figures: readonly RivalFigure[]): Table {
  return {
    head: ["", "package", "rival", "", "ratio", "95 %", "goal", ""],
    rows: figures.map((figure, i) => {
      const [what, own, ...others] = cells(figure);
      return figure.what === figures[i - 1]?.what
        ? ["", "", ...others]
        : [what!, own!, ...others];
    }),
    right: [1, 3, 4, 6],
  };
}
