import { distributionOf, shiftFunctionOf } from "../figures/distribution.ts";
import type { MetricFigures } from "../figures/metric_figures.ts";
import {
  figureOfRuns,
  type RunSample,
  type SampleFigure,
} from "../figures/run_sample.ts";

import { shiftBetween } from "./shift_between.ts";
import type { PageMetric, PageTimeline } from "../page/page_data.ts";
import { type Html, html, named } from "../text/html.ts";
import { formatChange, formatInterval, formatNumber } from "../text/numbers.ts";
import { key, plotFigure } from "./plot_figure.ts";
import { type Column, foldedTable } from "./tables.ts";

/** Figures of the table, shortest first. */
const TABLED: readonly (readonly [name: string, figure: SampleFigure])[] = [
  ["mean", "mean"],
  ["min", 0],
  ["p1", 0.01],
  ["p5", 0.05],
  ["p25", 0.25],
  ["p50", 0.5],
  ["p75", 0.75],
  ["p90", 0.9],
  ["p95", 0.95],
  ["p99", 0.99],
  ["p99.9", 0.999],
  ["max", 1],
];

/** What is said in words. */
const IN_WORDS: readonly (readonly [name: string, figure: SampleFigure])[] = [
  ["p50", 0.5],
  ["p95", 0.95],
];

/** A metric without its timeline, and what the page's script draws of it. */
export interface MetricSection {
  readonly head: Html;
  readonly page: Omit<PageMetric, "timeline">;
}

/** Name, words, distributions, shifts and their table. */
export function metricSection(
  metric: MetricFigures,
  index: number,
): MetricSection {
  const distribution = distributionOf(metric);
  const shift = shiftFunctionOf(metric);
  const [baselines, candidates] = metric.groups;
  const isOfTwo = (baselines?.runs.length ?? 0) +
      (candidates?.runs.length ?? 0) === 2;
  const head = html`<h2 id="metric-${index}">${named(metric.name)}</h2>
<p>${inWords(metric)}</p>
<div class="pair">${
    plotFigure({
      kind: "distribution",
      index,
      title: "Distribution",
      label: `Empirical distributions of ${metric.name}`,
      note: `The share of measurements that are as short or shorter${
        distribution.curves.some(({ isOfOneRun }) => isOfOneRun)
          ? "; thin lines are single runs"
          : ""
      }.`,
      before: key(metric.groups.map(({ name }) => name)),
    })
  }${
    shift === undefined ? undefined : plotFigure({
      kind: "shift",
      index,
      title: "Shift of each quantile",
      label: `By how much each quantile of ${metric.name} changed`,
      note: isOfTwo
        ? "Candidate over baseline with a 95 % interval of the noise within these two runs, which says nothing of how runs differ."
        : "Candidates over baselines with a 95 % interval between runs.",
    })
  }</div>
${quantileTable(metric)}`;
  return { head, page: { distribution, shift } };
}

/** The satellites that a list offers, beside all of them. */
export function timelineFigure(
  metric: MetricFigures,
  index: number,
  { satellites }: PageTimeline,
  thinnedBy: number,
): Html {
  const groups = metric.groups.map(({ name }) => name);
  return plotFigure({
    kind: "timeline",
    index,
    title: "Timeline",
    label: `Durations of ${metric.name} over time`,
    note: `Every measurement. Drag over a stretch to zoom, or use the buttons${
      thinnedBy === 1
        ? ""
        : `; of ${thinnedBy} measurements that follow one another the shortest and the longest are drawn`
    }.`.replace(thinnedBy === 1 ? "" : "Every measurement. ", ""),
    before: html`
      ${key(
        groups.length === 1 ? satellites : groups,
      )}<div class="tools" role="group"
        aria-label="Timeline of ${metric.name}">${list(
          "satellite",
          "Satellite",
          "All satellites",
          satellites,
        )}${groups.length === 1
          ? undefined
          : list("group", "Runs", "All runs", groups)}${[
          ["in", "Zoom in"],
          ["out", "Zoom out"],
          ["back", "Back"],
          ["on", "On"],
          ["all", "Show all"],
        ].map(([action, text]) =>
          html`<button type="button" data-action="${action}">${text}</button>`
        )}</div>
    `,
  });
}

function list(
  name: string,
  label: string,
  all: string,
  choices: readonly string[],
): Html {
  return html`<label>${label} <select name="${name}"><option value="-1">${all}</option>${
    choices.map((it, i) => html`<option value="${i}">${it}</option>`)
  }</select></label>`;
}

function inWords({ groups }: MetricFigures): string {
  const present = groups.filter(({ runs }) => runs.length > 0);
  const missing = groups.filter(({ runs }) => runs.length === 0)
    .map(({ name }) => `${name} has none of it. `);
  const figures = IN_WORDS.map(([name, figure]) => {
    const values = present.map(({ runs }) =>
      formatNumber(figureOfRuns(runs, figure))
    );
    const shift = shiftBetween(groups, figure);
    return `${name} ${values.join(" → ")} ms${
      shift === undefined
        ? ""
        : ` (${
          [formatChange(shift.change), formatInterval(shift.interval)]
            .filter((it) => it !== "").join(", ")
        })`
    }`;
  });
  return `${missing.join("")}${figures.join("; ")}.`;
}

function quantileTable({ name, groups }: MetricFigures): Html {
  const isCompared = groups.length === 2;
  const columns: Column[] = [
    { head: "Figure" },
    ...groups.map((it) => ({ head: `${it.name} (ms)`, isNumber: true })),
    ...(isCompared
      ? [{ head: "Change", isNumber: true }, {
        head: "95 % interval",
        isNumber: true,
      }]
      : []),
  ];
  const rows = TABLED.map(([figureName, figure]) => {
    const shift = shiftBetween(groups, figure);
    return [
      figureName,
      ...groups.map(({ runs }) => valueOf(runs, figure)),
      ...(isCompared
        ? [formatChange(shift?.change), formatInterval(shift?.interval)]
        : []),
    ];
  });
  return foldedTable(`Quantiles of ${name} as a table`, columns, rows);
}

function valueOf(runs: readonly RunSample[], figure: SampleFigure): string {
  return runs.length === 0 ? "none" : formatNumber(figureOfRuns(runs, figure));
}
