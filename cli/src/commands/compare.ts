import type { MetricStats, RunMetrics } from "@astraguard/hil-metrics";
import { openStore } from "../runs/open_store.ts";
import { resolveRun } from "../runs/resolve_runs.ts";
import { formatChange, formatMs } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import { printTable } from "../tables/print_table.ts";
import type { Column } from "../tables/table.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { styled } from "../terminal/style.ts";

const FIGURES = [
  ["mean_ms", "mean ms", 1],
  ["p50_ms", "p50 ms", 3],
  ["p95_ms", "p95 ms", 0],
  ["p99_ms", "p99 ms", 5],
] as const;

/** Prints two runs side by side. */
export async function run(
  context: Context,
  [name, otherName]: readonly string[],
): Promise<ExitCode> {
  const { terminal } = context;
  const store = openStore(context);
  const runId = await resolveRun(store, name!);
  const otherId = await resolveRun(store, otherName!);
  const comparison = await store.compareRuns(runId, otherId);
  if (context.isJson) {
    printJson(comparison, terminal);
    return ExitCode.done;
  }
  const metrics = await store.run(runId).getRunMetrics();
  const other = await store.run(otherId).getRunMetrics();
  terminal.print(
    harmless(`${runId} compared with ${otherId}`),
  );
  await printTable(
    columnsOf(Object.keys(comparison.metrics), metrics!, other!),
    terminal,
  );
  for (
    const [id, types] of [
      [runId, comparison.only_in_run1],
      [otherId, comparison.only_in_run2],
    ] as const
  ) {
    for (const type of types) {
      terminal.print(harmless(`only in ${id}: ${type}`));
    }
  }
  terminal.print(styled(
    "Runs differ for no reason, too: whether it has changed, gate says.",
    "dim",
    terminal,
  ));
  return ExitCode.done;
}

function columnsOf(
  types: readonly string[],
  { stats }: RunMetrics,
  { stats: otherStats }: RunMetrics,
): Column[] {
  const cells = (cellOf: (now: MetricStats, before: MetricStats) => string) =>
    types.map((type) => cellOf(stats[type]!, otherStats[type]!));
  return [
    { head: "", align: "left", rank: 0, cells: types },
    ...FIGURES.flatMap(([key, head, rank]): Column[] => [
      { head, align: "right", rank, cells: cells((now) => formatMs(now[key])) },
      {
        head: "before",
        align: "right",
        rank: rank + 1,
        cells: cells((_now, before) => formatMs(before[key])),
      },
      {
        head: "change",
        align: "right",
        rank,
        cells: cells((now, before) => formatChange(now[key] / before[key])),
      },
    ]),
  ];
}
