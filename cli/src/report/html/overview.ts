import type { MetricFigures } from "../figures/metric_figures.ts";
import { figureOfRuns, type SampleFigure } from "../figures/run_sample.ts";

import { type Html, html, named } from "../text/html.ts";
import {
  formatChange,
  formatCount,
  formatInterval,
  formatNumber,
} from "../text/numbers.ts";
import type { NamedRuns } from "./runs_section.ts";
import { shiftBetween } from "./shift_between.ts";
import { type Column, table } from "./tables.ts";

const FIGURES: readonly (readonly [name: string, figure: SampleFigure])[] = [
  ["mean", "mean"],
  ["p50", 0.5],
  ["p95", 0.95],
  ["p99", 0.99],
  ["max", 1],
];

/** What is said where nothing was judged: what there is, and what differs. */
export function overviewBox(groups: readonly NamedRuns[]): Html {
  const all = groups.flatMap(({ runs }) => runs);
  const count = all.reduce((sum, it) => sum + it.measurements.length, 0);
  const incomplete = all.filter((it) => it.incomplete);
  const what = groups.length === 1
    ? formatCount(all.length, "run")
    : groups.map(({ runs, name }) =>
      `${name}: ${formatCount(runs.length, "run")}`
    )
      .join("; ");
  return html`
    <div
      class="verdict"><strong>${groups.length === 1
        ? "Measured, not judged"
        : "Compared, not judged"}</strong><p>${what}; ${formatCount(
          count,
          "measurement",
        )}. A verdict takes several runs and a judgement of them.</p>${incomplete
        .map(({ runId }) =>
          html`<p>${named(runId)} is incomplete: it ended before its end.</p>`
        )}</div>
  `;
}

/** Every metric in a line, or in a line for each group. */
export function overviewTable(metrics: readonly MetricFigures[]): Html {
  const isCompared = metrics.some(({ groups }) => groups.length === 2);
  const columns: Column[] = [
    { head: "Metric" },
    ...(isCompared ? [{ head: "Runs" }] : []),
    { head: "Count", isNumber: true },
    ...FIGURES.map(([name]) => ({ head: `${name} (ms)`, isNumber: true })),
  ];
  const rows = metrics.flatMap(({ name, groups }) => {
    const lines = groups.map((group) => [
      named(name),
      ...(isCompared ? [group.name] : []),
      group.runs.reduce((sum, it) => sum + it.ascendingMs.length, 0)
        .toLocaleString("en"),
      ...FIGURES.map(([, figure]) =>
        group.runs.length === 0
          ? ""
          : formatNumber(figureOfRuns(group.runs, figure))
      ),
    ]);
    const [baselines, candidates] = groups;
    if (!baselines?.runs.length || !candidates?.runs.length) return lines;
    lines.push([
      named(name),
      "change",
      "",
      ...FIGURES.map(([, figure]) => {
        const shift = shiftBetween(groups, figure);
        return html`${formatChange(shift?.change)}${
          shift?.interval === undefined
            ? undefined
            : html`<br><small>${formatInterval(shift.interval)}</small>`
        }`;
      }),
    ]);
    return lines;
  });
  return html`<h2 id="overview">Figures</h2>
${table("Figures of all satellites", columns, rows)}`;
}
