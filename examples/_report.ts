import type {
  RunComparison,
  SatelliteStats,
  StoredRun,
} from "@astraguard/hil-metrics";
import {
  formatDifference,
  formatFigure,
  formatPercentage,
  formatTable,
  shortened,
} from "./_table.ts";

const STATS_HEAD = ["", "count", "mean", "p50", "p95", "p99", "max"];

const LIST_HEAD = ["", "saved", "latencies", "satellites"];

const COMPARISON_HEAD = [
  ...["", "mean", "before", "diff", ""],
  ...["p95", "before", "diff", ""],
];

const canStyle = Deno.stdout.isTerminal() && !Deno.noColor;

/** Prints a title with an empty line above. */
export function printTitle(title: string): void {
  const line = shortened(title);
  console.log(`\n${canStyle ? `\x1b[1m${line}\x1b[22m` : line}`);
}

/** Prints the statistics of a run. */
export function printStats({ runId, metrics }: StoredRun): void {
  printTitle(`Latency of ${runId}, in milliseconds`);
  const rows: string[][] = [];
  for (const [type, stats] of Object.entries(metrics.stats)) {
    rows.push([type, ...figures(stats!)]);
    const satellites = Object.entries(metrics.stats_by_satellite)
      .filter(([_id, types]) => Object.hasOwn(types!, type))
      .sort(([a], [b]) => a < b ? -1 : 1);
    for (const [id, types] of satellites) {
      rows.push([`  ${id}`, ...figures(types![type]!)]);
    }
  }
  printTable(STATS_HEAD, rows);
}

/** Prints a line for each run. */
export function printList(title: string, runs: readonly StoredRun[]): void {
  printTitle(title);
  printTable(
    LIST_HEAD,
    runs.map(({ runId, metrics }) => [
      runId,
      metrics.timestamp.slice(0, 19).replace("T", " "),
      String(metrics.total_measurements),
      String(Object.keys(metrics.stats_by_satellite).length),
    ]),
  );
}

/** Prints two runs side by side. */
export function printComparison(comparison: RunComparison): void {
  const { run1, run2, metrics, only_in_run1, only_in_run2 } = comparison;
  printTitle(`${run1}, in milliseconds`);
  console.log(shortened(`compared with ${run2}`));
  printTable(
    COMPARISON_HEAD,
    Object.entries(metrics).map(([type, it]) => [
      type,
      ...change(it!.this_mean_ms, it!.other_mean_ms),
      ...change(it!.this_p95_ms, it!.other_p95_ms),
    ]),
  );
  for (const [runId, types] of [[run1, only_in_run1], [run2, only_in_run2]]) {
    for (const type of types!) {
      console.log(shortened(`only in ${runId}: ${type}`));
    }
  }
}

/** A run that the original wrote has no p99 per satellite. */
function figures(stats: SatelliteStats): string[] {
  const { count, mean_ms, p50_ms, p95_ms, p99_ms, max_ms } = stats;
  const figures = [mean_ms, p50_ms, p95_ms, p99_ms, max_ms].map(formatFigure);
  return [String(count), ...figures];
}

function change(nowMs: number, beforeMs: number): string[] {
  const diffMs = nowMs - beforeMs;
  return [
    formatFigure(nowMs),
    formatFigure(beforeMs),
    formatDifference(diffMs),
    formatPercentage(diffMs / beforeMs * 100),
  ];
}

function printTable(head: string[], rows: string[][]): void {
  const [first, ...lines] = formatTable([head, ...rows]);
  console.log(canStyle ? `\x1b[2m${first}\x1b[22m` : first);
  for (const line of lines) console.log(line);
}
