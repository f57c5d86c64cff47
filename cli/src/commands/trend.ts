import {
  type History,
  type HistoryFigure,
  readHistories,
} from "../judging/history.ts";
import { openStore } from "../runs/open_store.ts";
import { counted, formatMs } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import type { Context } from "../terminal/context.ts";
import { DataError } from "../terminal/data_error.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { styled } from "../terminal/style.ts";
import { listingOf, type SelectionOptions } from "./_selection_options.ts";

/** What `trend` was asked for. */
export interface TrendOptions extends SelectionOptions {
  readonly figure: HistoryFigure;
  readonly satellite?: string;
  readonly minChange?: number;
}

const BARS = [..."▁▂▃▄▅▆▇█"];

const WIDEST_CHART = 100;

/** Fewer runs than this have no change point. */
const FEWEST_RUNS = 10;

/** Prints how a figure went over runs, and where it changed. */
export async function run(
  context: Context,
  [metricType]: readonly string[],
  options: TrendOptions,
): Promise<ExitCode> {
  const { terminal, isJson, resultsDir } = context;
  const histories = await readHistories(
    openStore(context),
    listingOf(options),
    {
      figure: options.figure,
      metricType,
      satelliteId: options.satellite,
      minMagnitude: options.minChange,
    },
    terminal,
  );
  if (histories.every(({ points }) => points.length === 0)) {
    const what = metricType ?? "runs";
    throw new DataError(`There is no history of ${what} in ${resultsDir}`);
  }
  if (isJson) printJson(histories.map(documentOf), terminal);
  else for (const it of histories) printHistory(it, context);
  return ExitCode.done;
}

function documentOf(
  { metricType, satelliteId, figure, points, changePoints }: History,
) {
  return {
    metric_type: metricType,
    satellite_id: satelliteId ?? null,
    figure,
    points: points.map(({ runId, timestamp, value }) => ({
      run_id: runId,
      timestamp,
      value_ms: value,
    })),
    change_points: changePoints.map((it) => ({
      run_id: it.runId,
      before_ms: it.before,
      after_ms: it.after,
      change: it.change,
      interval: it.interval,
      may_move: it.mayMove,
      text: it.text,
    })),
  };
}

function printHistory(
  { metricType, satelliteId, figure, points, changePoints }: History,
  { terminal }: Context,
): void {
  const where = satelliteId === undefined ? "" : ` of ${satelliteId}`;
  const title = harmless(`${metricType} ${figure}${where}`);
  terminal.print(
    `${styled(title, "bold", terminal)}, ${counted(points.length, "run")}`,
  );
  if (points.length === 0) return;
  const values = points.map(({ value }) => value);
  terminal.print(sparkline(values, Math.min(WIDEST_CHART, terminal.columns)));
  terminal.print(
    `${formatMs(least(values))} to ${formatMs(greatest(values))} ms, ` +
      `${day(points[0]!.timestamp)} to ${day(points.at(-1)!.timestamp)}`,
  );
  for (const { text } of changePoints) terminal.print(harmless(text));
  if (changePoints.length > 0) return;
  terminal.print(
    points.length < FEWEST_RUNS
      ? `Too few runs to tell a change: ${FEWEST_RUNS} are needed`
      : "No change",
  );
}

/** Medians of equal parts of the history, as bars from the least on. */
function sparkline(values: readonly number[], width: number): string {
  const count = Math.min(width, values.length);
  const start = (part: number) => Math.floor(part * values.length / count);
  const heights = Array.from({ length: count }, (_, part) => {
    const sorted = values.slice(start(part), start(part + 1))
      .sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)]!;
  });
  const lowest = least(heights);
  const range = greatest(heights) - lowest;
  return heights.map((it) => {
    const level = range === 0 ? 0 : (it - lowest) / range * (BARS.length - 1);
    return BARS[Math.round(level)];
  }).join("");
}

function least(values: readonly number[]): number {
  return values.reduce((a, b) => Math.min(a, b));
}

function greatest(values: readonly number[]): number {
  return values.reduce((a, b) => Math.max(a, b));
}

function day(timestamp: string): string {
  return timestamp.slice(0, 10);
}
