import { groupRun, type RunGroup } from "./figures/grouped_runs.ts";
import {
  type MetricFigures,
  metricTypesOf,
  takeChains,
  takeMetric,
} from "./figures/metric_figures.ts";
import { MOST_POINTS, type Timeline, timelineOf } from "./figures/timeline.ts";
import { judgementRows, verdictBox } from "./html/judgement_section.ts";
import { metricSection, timelineFigure } from "./html/metric_section.ts";
import { overviewBox, overviewTable } from "./html/overview.ts";
import { type NamedRuns, runsSection } from "./html/runs_section.ts";
import { satelliteTable } from "./html/satellite_table.ts";
import { stagesFigure } from "./html/stages_figure.ts";
import { pageTrendOf, trendSection } from "./html/trend_section.ts";
import { Pace } from "../event_loop/pace.ts";
import type { PageData, PageMetric } from "./page/page_data.ts";
import {
  PAGE_SCRIPT,
  PAGE_SCRIPT_HASH,
  PAGE_STYLE,
  PAGE_STYLE_HASH,
} from "./page_assets.ts";
import type { ReportContent } from "./report_content.ts";
import { Html, html, jsonInScript, named } from "./text/html.ts";
import { VERDICTS } from "./text/row_text.ts";
import { visible } from "./text/visible.ts";

/** Nothing is fetched, and no script runs but the page's own. */
const POLICY = [
  "default-src 'none'",
  `script-src '${PAGE_SCRIPT_HASH}'`,
  `style-src '${PAGE_STYLE_HASH}'`,
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/**
 * A report as one file of HTML, in pieces to be written one after another. It
 * needs no network and no other file, and its policy forbids both.
 *
 * The verdict stands first, in words; then each metric with its distributions,
 * the shift of its quantiles, its measurements over time and the tables of all
 * of it; whole chains; histories; the runs. The event loop is held for a few
 * milliseconds at most. Of more than 1.5 million measurements the page carries
 * the shortest and longest of each few, and says so; figures count all.
 *
 * @example Two runs beside each other
 * ```ts
 * import { LatencyCollector } from "@astraguard/hil-metrics";
 * import { assertStringIncludes } from "@std/assert";
 *
 * const measurements = new LatencyCollector();
 * measurements.recordAgentDecision("SAT1", 120.6, 131.7);
 * let page = "";
 * const pieces = renderHtmlReport({
 *   baselines: [{ runId: "run_1", measurements }],
 *   candidates: [{ runId: "run_2", measurements }],
 * });
 * for await (const piece of pieces) page += piece;
 * assertStringIncludes(page, "<title>run_2 beside run_1</title>");
 * ```
 */
export async function* renderHtmlReport(
  content: ReportContent,
): AsyncGenerator<string, void, undefined> {
  const { judgement, histories = [], createdAt = new Date() } = content;
  const pace = new Pace();
  const named = namedRunsOf(content);
  const groups = await groupAll(named, pace);
  const metrics: MetricFigures[] = [];
  for (const metricType of metricTypesOf(groups)) {
    metrics.push(await takeMetric(groups, metricType, pace));
  }
  const chains = await takeChains(groups, pace);
  if (chains !== undefined) metrics.push(chains);

  yield String(head(content));
  if (judgement !== undefined) yield String(verdictBox(judgement));
  else if (named.length > 0) yield String(overviewBox(named));
  yield String(contents(content, metrics));
  if (judgement !== undefined) yield* judgementRows(judgement, pace);
  if (metrics.length > 0) yield String(overviewTable(metrics));

  const points = metrics.reduce((sum, it) => sum + countOf(it), 0);
  const timelines: Timeline[] = [];
  const pageMetrics: PageMetric[] = [];
  for (const [i, metric] of metrics.entries()) {
    if (pace.isOver) await pace.turn();
    const section = metricSection(metric, i);
    yield String(section.head);
    if (metric.isChain) yield String(await stagesFigure(metric, pace));
    const timeline = timelineOf(
      metric,
      `points-${i}`,
      points / MOST_POINTS,
      pace,
    );
    timelines.push(timeline);
    pageMetrics.push({ ...section.page, timeline: timeline.page });
    yield String(
      timelineFigure(metric, i, timeline.page, timeline.thinnedBy),
    );
    yield String(await satelliteTable(metric, pace));
  }
  if (histories.length > 0) yield String(html`<h2 id="history">History</h2>`);
  for (const [i, history] of histories.entries()) {
    if (pace.isOver) await pace.turn();
    yield String(trendSection(history, i));
  }
  if (named.length > 0) yield String(runsSection(named));
  yield String(foot(createdAt));
  for (const { page, points } of timelines) {
    yield `<script type="text/plain" id="${page.pointsId}">`;
    yield* points;
    yield "</script>\n";
  }
  const data: PageData = {
    groups: groups.map(({ name }) => name),
    runs: groups.flatMap(({ runs }, group) =>
      runs.map(({ runId }) => ({ name: visible(runId), group }))
    ),
    metrics: pageMetrics,
    trends: histories.map(pageTrendOf),
  };
  yield `<script type="application/json" id="data">${
    jsonInScript(data)
  }</script>\n<script>${PAGE_SCRIPT}</script>\n</body>\n</html>\n`;
}

/** Runs by what they are to each other; a group without any is left out. */
function namedRunsOf(
  { baselines = [], candidates = [] }: ReportContent,
): NamedRuns[] {
  if (baselines.length === 0) {
    return candidates.length === 0
      ? []
      : [{ name: candidates.length === 1 ? "Run" : "Runs", runs: candidates }];
  }
  return [
    {
      name: baselines.length === 1 ? "Baseline" : "Baselines",
      runs: baselines,
    },
    {
      name: candidates.length === 1 ? "Candidate" : "Candidates",
      runs: candidates,
    },
  ];
}

async function groupAll(
  named: readonly NamedRuns[],
  pace: Pace,
): Promise<RunGroup[]> {
  const groups: RunGroup[] = [];
  let index = 0;
  for (const { name, runs } of named) {
    const grouped = [];
    for (const run of runs) grouped.push(await groupRun(index++, run, pace));
    groups.push({ name, runs: grouped });
  }
  return groups;
}

function countOf({ groups }: MetricFigures): number {
  return groups.flatMap(({ runs }) => runs)
    .reduce((sum, it) => sum + it.ascendingMs.length, 0);
}

function subjectOf(
  { title, baselines = [], candidates = [], histories = [] }: ReportContent,
): string {
  if (title !== undefined) return title;
  const [candidate] = candidates;
  const [baseline] = baselines;
  if (candidate === undefined) {
    return histories.length > 0 ? "History" : "Latency report";
  }
  const first = candidates.length === 1
    ? candidate.runId
    : `${candidates.length} candidates`;
  if (baseline === undefined) return first;
  return `${first} beside ${
    baselines.length === 1 ? baseline.runId : `${baselines.length} baselines`
  }`;
}

function head(content: ReportContent): Html {
  const subject = subjectOf(content);
  const { judgement } = content;
  const title = judgement === undefined
    ? subject
    : `${VERDICTS[judgement.verdict]}: ${subject}`;
  return html`
    <!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8">
        <meta http-equiv="Content-Security-Policy" content="${POLICY}">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta name="generator" content="hil-metrics">
        <title>${title}</title>
        <link rel="icon" href="data:,">
        <style>${new Html(PAGE_STYLE)}</style>
      </head>
      <body>
        <main>
          <h1>${named(subject)}</h1>
          <noscript><p class="note">Without its script this page draws no plots; all figures stand in its tables.</p></noscript>
  `;
}

function contents(
  { judgement, histories = [] }: ReportContent,
  metrics: readonly MetricFigures[],
): Html {
  const links: [id: string, text: string][] = [
    ...metrics.map(({ name }, i): [string, string] => [`metric-${i}`, name]),
  ];
  if (judgement !== undefined) links.unshift(["rows", "What was judged"]);
  if (histories.length > 0) links.push(["history", "History"]);
  if (metrics.length > 0) links.push(["runs", "Runs"]);
  return html`
    <nav aria-label="Contents">
      <ul>${links.map(([id, text]) =>
        html`<li><a href="#${id}">${named(text)}</a></li>`
      )}</ul>
    </nav>
  `;
}

function foot(createdAt: Date): Html {
  return html`
    </main>
    <footer>
      <p>Made by hil-metrics at ${createdAt.toISOString().replace(
        /\.\d+/,
        "",
      )}. Durations are in milliseconds; quantiles are interpolated, and those of several runs are geometric means over the runs.</p>
    </footer>
  `;
}
