import type { Judgement, JudgementRow } from "@astraguard/hil-metrics/judge";
import type { Pace } from "../../event_loop/pace.ts";
import { type Html, html, named } from "../text/html.ts";
import { formatChange, formatCount, formatInterval } from "../text/numbers.ts";
import {
  ROW_VERDICTS,
  rowsToTell,
  rowValue,
  VERDICTS,
} from "../text/row_text.ts";
import { forest, spanOf } from "./forest.ts";
import {
  type Cell,
  type Column,
  TABLE_END,
  tableRow,
  tableStart,
} from "./tables.ts";

/** More rows would make the page slow; those that changed come first. */
const MOST_ROWS = 600;

const COLUMNS: readonly Column[] = [
  { head: "Metric" },
  { head: "Figure" },
  { head: "Baseline", isNumber: true },
  { head: "Candidate", isNumber: true },
  { head: "Change", isNumber: true },
  { head: "95 % interval", isNumber: true },
  { head: "Faster | slower" },
  { head: "Verdict" },
  { head: "Detectable", isNumber: true },
  { head: "Why" },
];

/** The verdict in words, then what it comes from. */
export function verdictBox(
  { verdict, reason, isSuspicious, attribution, warnings }: Judgement,
): Html {
  return html`
    <div
      class="verdict ${verdict}"><strong>${VERDICTS[
        verdict
      ]}</strong><p>${reason}</p>${isSuspicious
        ? html`<p>It is a suspicion, not a verdict: two more runs will tell.</p>`
        : undefined}</div>
    ${attribution.length === 0 ? undefined : html`
      <h2 class="minor">Where it comes from</h2>
      <ul>${attribution.map(({ text }) => html`<li>${text}</li>`)}</ul>
    `}${warnings.length === 0 ? undefined : html`
      <div class="warnings">
        <h2 class="minor">To be known</h2>
        <ul>${warnings.map((it) =>
          html`<li><strong>Warning:</strong> ${it}</li>`
        )}</ul>
      </div>
    `}
  `;
}

/** The rows that decide, and the others folded away, in pieces. */
export async function* judgementRows(
  { rows }: Judgement,
  pace: Pace,
): AsyncGenerator<string> {
  const { gating, changed, others: unchanged } = rowsToTell(rows);
  const others = [...changed, ...unchanged];
  const shown = others.slice(0, MOST_ROWS);
  const left = others.length - shown.length;
  yield '<h2 id="rows">What was judged</h2>\n';
  yield* rowsTable("Rows that decide", gating, pace);
  if (shown.length === 0) return;
  const summary = `${formatCount(others.length, "row")} that ${
    others.length === 1 ? "does" : "do"
  } not decide, those that changed first${
    left === 0 ? "" : ` (${formatCount(left, "more row")} left out)`
  }`;
  yield String(html`
    <details>
      <summary>${summary}</summary>
  `);
  yield* rowsTable(summary, shown, pace);
  yield "</details>\n";
}

async function* rowsTable(
  caption: string,
  rows: readonly JudgementRow[],
  pace: Pace,
): AsyncGenerator<string> {
  const span = spanOf(rows);
  let text = String(tableStart(caption, COLUMNS));
  for (const row of rows) {
    text += tableRow(COLUMNS, cellsOf(row, span));
    if (!pace.isOver) continue;
    yield text;
    text = "";
    await pace.turn();
  }
  yield text + TABLE_END;
}

function cellsOf(row: JudgementRow, span: number): Cell[] {
  const { metricType, satelliteId, figure, budget, verdict, detectable } = row;
  return [
    satelliteId === undefined
      ? named(metricType)
      : html`${named(metricType)} <small>of ${named(satelliteId)}</small>`,
    budget === undefined
      ? figure
      : { of: html`budget ${named(budget)}`, kind: "budget" },
    rowValue(row, row.baseline),
    rowValue(row, row.candidate),
    formatChange(row.change),
    formatInterval(row.interval),
    forest(row, span),
    { of: ROW_VERDICTS[verdict], kind: verdict },
    formatChange(detectable),
    { of: row.reason, kind: "reason" },
  ];
}
