import { STAGES } from "../figures/chains.ts";
import { chainsOf, type MetricFigures } from "../figures/metric_figures.ts";
import { quantileOf } from "../figures/sorted_durations.ts";
import { type Pace, ROWS_A_LOOK } from "../../event_loop/pace.ts";
import { type Html, html } from "../text/html.ts";
import { formatNumber } from "../text/numbers.ts";
import { key } from "./plot_figure.ts";
import { foldedTable } from "./tables.ts";

/** The chains that take longest, as the judge's tail. */
const SLOWEST = 0.05;

const BAR_WIDTH = 1000;

/** The first two colours are those of groups. */
const FIRST_COLOR = 2;

interface Bar {
  readonly name: string;
  /** The mean of each stage. */
  readonly stagesMs: readonly number[];
}

/** What each stage takes of whole chains: of all, and of the slowest. */
export async function stagesFigure(
  metric: MetricFigures,
  pace: Pace,
): Promise<Html> {
  const bars: Bar[] = [];
  for (const { name, runs } of metric.groups) {
    const all = new Means();
    const slowest = new Means();
    for (const run of runs) {
      const fromMs = quantileOf(run.ascendingMs, 1 - SLOWEST);
      for (const { durationsMs, stagesMs } of chainsOf(run)) {
        for (let i = 0; i < durationsMs.length; i++) {
          all.add(stagesMs, i);
          if (durationsMs[i]! >= fromMs) slowest.add(stagesMs, i);
          if (i % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
        }
      }
    }
    if (runs.length === 0) continue;
    bars.push({ name: `${name}, all chains`, stagesMs: all.means });
    bars.push({
      name: `${name}, slowest ${100 * SLOWEST} %`,
      stagesMs: slowest.means,
    });
  }
  const longestMs = Math.max(...bars.map(({ stagesMs }) => sumOf(stagesMs)));
  return html`<figure><figcaption><h3>Stages</h3>What detection, decision and recovery take of a chain in the mean.</figcaption>${
    key(STAGES, FIRST_COLOR)
  }${
    bars.map(({ name, stagesMs }) =>
      html`<p class="note">${name}: ${formatNumber(sumOf(stagesMs))} ms</p>${
        barOf(stagesMs, longestMs)
      }`
    )
  }</figure>
${
    foldedTable(
      "Stages of whole chains as a table",
      [
        { head: "Chains" },
        ...STAGES.map((stage) => ({ head: `${stage} (ms)`, isNumber: true })),
        { head: "whole (ms)", isNumber: true },
      ],
      bars.map(({ name, stagesMs }) => [
        name,
        ...stagesMs.map(formatNumber),
        formatNumber(sumOf(stagesMs)),
      ]),
    )
  }`;
}

class Means {
  readonly #sumsMs: number[] = STAGES.map(() => 0);
  #count = 0;

  add(stagesMs: readonly Float64Array[], index: number): void {
    for (let i = 0; i < stagesMs.length; i++) {
      this.#sumsMs[i]! += stagesMs[i]![index]!;
    }
    this.#count++;
  }

  get means(): number[] {
    return this.#sumsMs.map((it) => it / this.#count);
  }
}

function barOf(stagesMs: readonly number[], longestMs: number): Html {
  let left = 0;
  const parts = stagesMs.map((stageMs, i) => {
    const width = Math.round(stageMs / longestMs * BAR_WIDTH) || 0;
    const part = html`
      <rect class="fill-${FIRST_COLOR +
        i}" x="${left}" width="${width}" height="1" />
    `;
    left += width;
    return part;
  });
  return html`
    <svg class="bar" viewBox="0 0 ${BAR_WIDTH} 1" preserveAspectRatio="none"
      aria-hidden="true">${parts}</svg>
  `;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, it) => sum + it, 0);
}
