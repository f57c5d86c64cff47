import type { Judgement, JudgementRow } from "@astraguard/hil-metrics/judge";
import { markdownCode, markdownText } from "./text/markdown.ts";
import { formatChange, formatCount, formatInterval } from "./text/numbers.ts";
import {
  ROW_VERDICTS,
  rowsToTell,
  rowValue,
  VERDICTS,
} from "./text/row_text.ts";

/** Options of {@linkcode markdownReport}. */
export interface MarkdownReportOptions {
  /**
   * What the heading names beside the verdict.
   *
   * @default {"Latency"}
   */
  readonly title?: string | undefined;
}

const SIGNS = { pass: "✅", regressed: "❌", inconclusive: "❔" } as const;

const HEAD =
  `| metric | figure | baseline | candidate | change | 95 % interval | verdict | detectable |
| :-- | :-- | --: | --: | --: | --: | :-- | --: |
`;

/** GitHub takes 65,536 characters in a comment; what else is in it needs some. */
const MOST_CHARACTERS = 60_000;

/**
 * A judgement as Markdown, for the comment of a pull request: the verdict, where
 * it comes from, warnings, the rows that decide, and folded away those that do
 * not. It is at most 60,000 characters long: rows beyond are counted. Names from
 * data are code, so that they mention nobody and link nowhere.
 *
 * @example The verdict is the first line
 * ```ts
 * import { LatencyCollector } from "@astraguard/hil-metrics";
 * import { judge } from "@astraguard/hil-metrics/judge";
 * import { assertEquals } from "@std/assert";
 * import { markdownReport } from "./markdown_report.ts";
 *
 * const [before, now] = [131.7, 131.8].map((durationMs) => {
 *   const run = new LatencyCollector();
 *   run.recordAgentDecision("SAT1", 120.6, durationMs);
 *   return run;
 * });
 * const judgement = await judge({ candidates: [now!], baselines: [before!] });
 * const [head] = markdownReport(judgement, { title: "Agent" }).split("\n");
 * assertEquals(head, "### ❔ Agent: can't tell");
 * ```
 */
export function markdownReport(
  judgement: Judgement,
  { title = "Latency" }: MarkdownReportOptions = {},
): string {
  const { verdict, reason, isSuspicious, attribution, warnings, rows } =
    judgement;
  const { gating, changed, others } = rowsToTell(rows);
  const lines = [
    `### ${SIGNS[verdict]} ${markdownText(title)}: ${
      VERDICTS[verdict].toLowerCase()
    }`,
    "",
    markdownText(reason),
    "",
    ...(isSuspicious
      ? ["It is a suspicion, not a verdict: two more runs will tell.", ""]
      : []),
    ...listOf("**Where it comes from**", attribution.map(({ text }) => text)),
    ...listOf("**To be known**", warnings),
  ];
  let text = `${lines.join("\n")}\n`;
  text += tableOf(gating, MOST_CHARACTERS - text.length);
  if (changed.length + others.length > 0) {
    const summary = `${
      formatCount(changed.length + others.length, "row")
    } without a say, ${changed.length} of them changed`;
    const [open, end] = [
      `\n<details><summary>${summary}</summary>\n\n`,
      "\n</details>\n",
    ];
    const left = MOST_CHARACTERS - text.length - open.length - end.length;
    text += open + tableOf([...changed, ...others], left) + end;
  }
  return text;
}

/** A list under its head, cut where it would leave no room for rows. */
function listOf(head: string, items: readonly string[]): string[] {
  const most = 20;
  if (items.length === 0) return [];
  const left = items.length - most;
  return [
    head,
    "",
    ...items.slice(0, most).map((it) => `- ${markdownText(it)}`),
    ...(left > 0 ? [`- and ${left} more`] : []),
    "",
  ];
}

/** The rows that there is room for, and how many there are beyond them. */
function tableOf(rows: readonly JudgementRow[], room: number): string {
  if (rows.length === 0) return "";
  let text = HEAD;
  for (const [i, row] of rows.entries()) {
    const line = lineOf(row);
    const rest = `\n${formatCount(rows.length - i, "more row")} left out.\n`;
    if (text.length + line.length + rest.length > room) return text + rest;
    text += line;
  }
  return text;
}

function lineOf(row: JudgementRow): string {
  const { metricType, satelliteId, figure, budget, verdict, detectable } = row;
  const name = markdownCode(metricType) +
    (satelliteId === undefined ? "" : ` of ${markdownCode(satelliteId)}`);
  const shown = ROW_VERDICTS[verdict];
  const cells = [
    name,
    budget === undefined ? figure : `budget ${markdownCode(budget)}`,
    rowValue(row, row.baseline),
    rowValue(row, row.candidate),
    formatChange(row.change),
    formatInterval(row.interval),
    verdict === "regressed" ? `**${shown}**` : shown,
    formatChange(detectable),
  ];
  return `| ${cells.join(" | ")} |\n`;
}
