import {
  MetricsStorage,
  type RunMetrics,
  type SatelliteStats,
  StorageError,
} from "@astraguard/hil-metrics";
import {
  formatDifference,
  formatFigure,
  formatTable,
  shortened,
} from "./_table.ts";

/** What to print of some runs. */
export interface ReportOptions {
  resultsDir: string;
  /** Newest first. */
  runIds: string[];
  /** How many runs to compare with the one before. */
  pairs: number;
}

interface ListedRun {
  runId: string;
  /** Missing where the summary cannot be read. */
  metrics: RunMetrics | undefined;
  problem: string;
}

const STATS_HEAD = ["", "count", "mean", "p50", "p95", "p99", "max"];

const LIST_HEAD = ["", "saved", "measurements", "satellites"];

const COMPARISON_HEAD = [
  "",
  "mean",
  "before",
  "diff",
  "",
  "p95",
  "before",
  "diff",
  "",
];

const canStyle = Deno.stdout.isTerminal() && !Deno.noColor;

/** Prints the statistics of the newest run, all runs, and comparisons. */
export async function printReport(options: ReportOptions): Promise<void> {
  const { resultsDir, runIds, pairs } = options;
  const runs = await Promise.all(runIds.map((id) => readRun(resultsDir, id)));
  const readable = runs.filter((run) => run.metrics !== undefined);
  const [newest] = readable;
  if (newest) printStats(newest.runId, newest.metrics!);
  printList(runs);
  for (let i = 0; i < Math.min(pairs, readable.length - 1); i++) {
    await printComparison(
      resultsDir,
      readable[i]!.runId,
      readable[i + 1]!.runId,
    );
  }
}

/** Prints a title with an empty line above. */
export function printTitle(title: string): void {
  const line = shortened(title.replace(/\p{C}/gu, "?"), 100);
  console.log(`\n${canStyle ? `\x1b[1m${line}\x1b[22m` : line}`);
}

async function readRun(resultsDir: string, runId: string): Promise<ListedRun> {
  try {
    const storage = new MetricsStorage(runId, { resultsDir });
    const metrics = await storage.getRunMetrics() ?? undefined;
    return { runId, metrics, problem: "RUN_NOT_FOUND" };
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    return { runId, metrics: undefined, problem: error.code };
  }
}

function printStats(runId: string, metrics: RunMetrics): void {
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

/** A run that the original wrote has no p99 per satellite. */
function figures(stats: SatelliteStats): string[] {
  const { count, mean_ms, p50_ms, p95_ms, p99_ms, max_ms } = stats;
  const figures = [mean_ms, p50_ms, p95_ms, p99_ms, max_ms].map(formatFigure);
  return [String(count), ...figures];
}

function printList(runs: ListedRun[]): void {
  printTitle("Recent runs, newest first");
  printTable(
    LIST_HEAD,
    runs.map(({ runId, metrics, problem }) =>
      metrics === undefined ? [runId, problem] : [
        runId,
        metrics.timestamp.slice(0, 19).replace("T", " "),
        String(metrics.total_measurements),
        String(Object.keys(metrics.stats_by_satellite).length),
      ]
    ),
  );
}

async function printComparison(
  resultsDir: string,
  runId: string,
  earlierId: string,
): Promise<void> {
  const storage = new MetricsStorage(runId, { resultsDir });
  const comparison = await storage.compareRuns(earlierId);
  printTitle(`${runId} compared with ${earlierId}, in milliseconds`);
  printTable(
    COMPARISON_HEAD,
    Object.entries(comparison.metrics).map(([type, it]) => [
      type,
      ...change(it!.this_mean_ms, it!.other_mean_ms),
      ...change(it!.this_p95_ms, it!.other_p95_ms),
    ]),
  );
  const unmatched = [
    ...comparison.only_in_run1.map((type) => `only in ${runId}: ${type}`),
    ...comparison.only_in_run2.map((type) => `only in ${earlierId}: ${type}`),
  ];
  for (const line of formatTable(unmatched.map((it) => [it]))) {
    console.log(line);
  }
}

function change(nowMs: number, beforeMs: number): string[] {
  const diffMs = nowMs - beforeMs;
  return [
    formatFigure(nowMs),
    formatFigure(beforeMs),
    formatDifference(diffMs),
    `${formatDifference(diffMs / beforeMs * 100)} %`,
  ];
}

function printTable(head: string[], rows: string[][]): void {
  const [first, ...lines] = formatTable([head, ...rows]);
  console.log(canStyle ? `\x1b[2m${first}\x1b[22m` : first);
  for (const line of lines) console.log(line);
}
