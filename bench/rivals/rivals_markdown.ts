import { busyWarning, machineLine, type Origin } from "../lib/report/origin.ts";
import { markdownTable } from "../lib/report/table.ts";
import type { RivalFigure } from "./rival_row.ts";
import { isMet, rivalsTable } from "./rivals_table.ts";

/** How many of the goals are met. */
export function goalsLine(figures: readonly RivalFigure[]): string {
  const goals = figures.map(isMet).filter((met) => met !== undefined);
  return `${goals.filter((met) => met).length} of ${goals.length} goals met`;
}

/** Everything that was measured, as a page. */
export function rivalsMarkdown(
  origin: Origin,
  figures: readonly RivalFigure[],
  skipped: readonly string[],
): string {
  const warning = busyWarning(origin);
  return `# The package and its rivals

Written by \`deno task bench:rivals --results\` on ${origin.date.slice(0, 10)}:
${machineLine(origin)}. ${goalsLine(figures)}.
${warning ? `\n**${warning}.**\n` : ""}${
    skipped.map((reason) => `\nLeft out: ${reason}\n`).join("")
  }
A ratio below 1 means that the package takes less. All take turns, round by
round, after each has given the same answer; times are medians.

${markdownTable(rivalsTable(figures))}
`;
}
