import type { RunMetrics, SatelliteStats } from "@astraguard/hil-metrics";
import {
  type ChangePoint,
  changePoints,
  type HistoryPoint,
} from "@astraguard/hil-metrics/judge";
import { type Context, openStore, printJson } from "../program/context.ts";
import { counted, formatMs } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import { DataError } from "../terminal/data_error.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { styled } from "../terminal/style.ts";

/** What `trend` was asked for. */
export interface TrendOptions {
  readonly figure: Figure;
  readonly satellite?: string;
  readonly limit: number;
  readonly orderBy: "mtime" | "name";
  readonly prefix?: string;
  readonly label?: Record<string, string>;
  readonly since?: Date;
  readonly minMagnitude?: number;
}

/** Figures that a history can be of. */
export const FIGURES = ["mean", "p50", "p95", "p99", "max", "min"] as const;

/** One of them. */
export type Figure = typeof FIGURES[number];

interface History {
  readonly metricType: string;
  readonly points:
    readonly (HistoryPoint & { runId: string; timestamp: string })[];
  readonly changes: readonly ChangePoint[];
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
  const { terminal, isJson } = context;
  const runs: RunMetrics[] = [];
  const listing = openStore(context).runs({
    incomplete: false,
    limit: options.limit,
    orderBy: options.orderBy,
    ...(options.prefix !== undefined && { prefix: options.prefix }),
    ...(options.label && { labels: options.label }),
    ...(options.since && { since: options.since }),
    onUnreadable: ({ code, message }) =>
      terminal.tell(`warning ${code}: ${harmless(message)}\n`),
  });
  for await (const { metrics } of listing) runs.push(metrics);
  runs.reverse();
  const types = metricType === undefined
    ? [...new Set(runs.flatMap(({ stats }) => Object.keys(stats)))]
    : [metricType];
  const histories = types.map((it) => historyOf(it, runs, options));
  if (histories.every(({ points }) => points.length === 0)) {
    const what = metricType ?? "runs";
    throw new DataError(
      `There is no history of ${what} in ${context.resultsDir}`,
    );
  }
  if (isJson) printJson(histories.map(documentOf(options)), terminal);
  else for (const it of histories) printHistory(it, options, context);
  return ExitCode.done;
}

function historyOf(
  metricType: string,
  runs: readonly RunMetrics[],
  { figure, satellite, minMagnitude }: TrendOptions,
): History {
  const points = runs.flatMap((it) => {
    const stats: SatelliteStats | undefined = satellite === undefined
      ? it.stats[metricType]
      : it.stats_by_satellite[satellite]?.[metricType];
    const value = stats?.[`${figure}_ms`];
    // A change is a ratio, which nothing has to nothing.
    if (value === undefined || value <= 0) return [];
    const { run_id: runId, timestamp, labels } = it;
    return [{ runId, timestamp, value, labels }];
  });
  const changes = changePoints(points, {
    ...(minMagnitude !== undefined && { minMagnitude }),
  });
  return { metricType, points, changes };
}

function documentOf(
  { figure, satellite = null }: { figure: Figure; satellite?: string | null },
) {
  return ({ metricType, points, changes }: History) => ({
    metric_type: metricType,
    satellite_id: satellite,
    figure,
    points: points.map(({ runId, timestamp, value }) => ({
      run_id: runId,
      timestamp,
      value_ms: value,
    })),
    change_points: changes.map((it) => ({
      run_id: it.runId,
      before_ms: it.before,
      after_ms: it.after,
      change: it.change,
      interval: it.interval,
      may_move: it.mayMove,
      text: it.text,
    })),
  });
}

function printHistory(
  { metricType, points, changes }: History,
  { figure, satellite }: TrendOptions,
  { terminal }: Context,
): void {
  const where = satellite === undefined ? "" : ` of ${satellite}`;
  const title = harmless(`${metricType} ${figure}${where}`);
  terminal.print(
    `${styled(title, "bold", terminal)}, ${counted(points.length, "run")}`,
  );
  if (points.length === 0) return;
  const values = points.map(({ value }) => value);
  const [least, greatest] = [Math.min(...values), Math.max(...values)];
  terminal.print(
    `${sparkline(values, Math.min(WIDEST_CHART, terminal.columns))}\n` +
      `${formatMs(least)} to ${formatMs(greatest)} ms, ` +
      `${points[0]!.timestamp.slice(0, 10)} to ${
        points.at(-1)!.timestamp.slice(0, 10)
      }`,
  );
  for (const { text } of changes) terminal.print(harmless(text));
  if (changes.length === 0) {
    terminal.print(
      points.length < FEWEST_RUNS
        ? `Too few runs to tell a change: ${FEWEST_RUNS} are needed`
        : "No change",
    );
  }
}

/** Medians of equal parts of the history, as bars from the least value on. */
function sparkline(values: readonly number[], width: number): string {
  const parts = Math.min(width, values.length);
  const heights = Array.from({ length: parts }, (_, i) => {
    const part = values.slice(
      Math.floor(i * values.length / parts),
      Math.floor((i + 1) * values.length / parts),
    ).sort((a, b) => a - b);
    return part[Math.floor(part.length / 2)]!;
  });
  const least = Math.min(...heights);
  const range = Math.max(...heights) - least;
  return heights.map((it) => {
    const level = range === 0 ? 0 : (it - least) / range * (BARS.length - 1);
    return BARS[Math.round(level)];
  }).join("");
}
