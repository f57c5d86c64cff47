import type { ChangePoint } from "@astraguard/hil-metrics/judge";
import type { PageTrend } from "../page/page_data.ts";
import type { ReportHistory } from "../report_content.ts";
import { formatTime } from "../text/format_time.ts";
import { type Html, html, named } from "../text/html.ts";
import { formatCount, formatNumber } from "../text/numbers.ts";
import { visible } from "../text/visible.ts";
import { plotFigure } from "./plot_figure.ts";
import { foldedTable } from "./tables.ts";

/** A history: its changes in words, a plot of it and its table. */
export function trendSection(history: ReportHistory, index: number): Html {
  const { points, changePoints } = history;
  const name = nameOf(history);
  return html`<h3>${named(name)}</h3>
${
    changePoints.length === 0
      ? html`<p>No change in ${formatCount(points.length, "run")}.</p>`
      : html`<ul>${changePoints.map(({ text }) => html`<li>${text}</li>`)}</ul>`
  }
${
    plotFigure({
      kind: "trend",
      index,
      title: "Trend",
      label: `${name} over ${formatCount(points.length, "run")}`,
      note:
        "Each run, the median between changes, and the changes as dashed lines.",
    })
  }${
    foldedTable(
      `${name} as a table`,
      [
        { head: "Run" },
        { head: "Time" },
        { head: `${history.figure} (ms)`, isNumber: true },
        { head: "Change" },
      ],
      points.map(({ runId, timestamp, value }, i) => [
        named(runId ?? `run ${i + 1}`),
        formatTime(timestamp),
        formatNumber(value),
        textAt(changePoints, i),
      ]),
    )
  }`;
}

/** What the page's script draws of a history. */
export function pageTrendOf(history: ReportHistory): PageTrend {
  const { points, changePoints, figure } = history;
  return {
    axis: `${visible(figure)} (ms)`,
    values: points.map(({ value }) => value),
    names: points.map(({ runId }, i) => visible(runId ?? `run ${i + 1}`)),
    changes: changePoints.map(({ index }) => index),
    levels: levelsOf(history),
  };
}

function nameOf({ metricType, satelliteId, figure }: ReportHistory): string {
  return satelliteId === undefined
    ? `${metricType} ${figure}`
    : `${metricType} of ${satelliteId} ${figure}`;
}

function textAt(changePoints: readonly ChangePoint[], index: number): string {
  return changePoints.find((it) => it.index === index)?.text ?? "";
}

/** The median of each stretch; of one without a change, that of all. */
function levelsOf({ points, changePoints }: ReportHistory): number[] {
  const [first] = changePoints;
  if (first === undefined) {
    const ascending = points.map(({ value }) => value).sort((a, b) => a - b);
    return [ascending[ascending.length >> 1] ?? 0];
  }
  return [first.before, ...changePoints.map(({ after }) => after)];
}
