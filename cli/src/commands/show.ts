import {
  type RunMetrics,
  type SatelliteStats,
  StorageError,
} from "@astraguard/hil-metrics";
import { openStore } from "../runs/open_store.ts";
import { resolveRun } from "../runs/resolve_runs.ts";
import { counted, formatMs } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import { printTable } from "../tables/print_table.ts";
import type { Column } from "../tables/table.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { styled } from "../terminal/style.ts";

/** Figures of a group, and which go first where a terminal is narrow. */
const FIGURES = [
  ["mean_ms", "mean ms", 1],
  ["p50_ms", "p50 ms", 2],
  ["p95_ms", "p95 ms", 0],
  ["p99_ms", "p99 ms", 3],
  ["max_ms", "max ms", 4],
  ["min_ms", "min ms", 5],
] as const;

interface Group {
  readonly name: string;
  readonly isWhole: boolean;
  readonly stats: SatelliteStats;
}

/** Prints the summary of a run. */
export async function run(
  context: Context,
  [name]: readonly string[],
): Promise<ExitCode> {
  const { terminal } = context;
  const store = openStore(context);
  const runId = await resolveRun(store, name!);
  const metrics = await store.run(runId).getRunMetrics();
  if (metrics === null) {
    throw new StorageError(
      `Cannot find run "${runId}": it has just been deleted`,
      {
        code: "RUN_NOT_FOUND",
        path: store.resultsDir,
      },
    );
  }
  if (context.isJson) printJson(metrics, terminal);
  else await printRun(metrics, context);
  return ExitCode.done;
}

async function printRun(
  metrics: RunMetrics,
  { terminal }: Context,
): Promise<void> {
  const { run_id, timestamp, total_measurements, labels = {} } = metrics;
  terminal.print(styled(harmless(run_id), "bold", terminal));
  const saved = timestamp.slice(0, 19).replace("T", " ");
  terminal.print(`saved ${saved}, ${counted(total_measurements, "sample")}`);
  for (const [name, value] of Object.entries(labels)) {
    terminal.print(harmless(`${name}=${value}`));
  }
  if (metrics.incomplete) {
    terminal.print(
      styled(
        "incomplete: it was cut off while it was recorded",
        "yellow",
        terminal,
      ),
    );
  }
  const groups = groupsOf(metrics);
  await printTable(
    [
      column(
        "",
        "left",
        0,
        groups,
        ({ name, isWhole }) => isWhole ? name : `  ${name}`,
      ),
      column("samples", "right", 6, groups, ({ stats }) => String(stats.count)),
      ...FIGURES.map(([key, head, rank]) =>
        column(head, "right", rank, groups, ({ stats }) => formatMs(stats[key]))
      ),
    ],
    terminal,
    (line, row) => groups[row]!.isWhole ? styled(line, "bold", terminal) : line,
  );
}

function groupsOf({ stats, stats_by_satellite }: RunMetrics): Group[] {
  return Object.entries(stats).flatMap(([type, ofType]) => [
    { name: type, isWhole: true, stats: ofType! },
    ...Object.entries(stats_by_satellite)
      .filter(([_id, types]) => types![type] !== undefined)
      .map(([id, types]) => ({
        name: id,
        isWhole: false,
        stats: types![type]!,
      })),
  ]);
}

function column(
  head: string,
  align: "left" | "right",
  rank: number,
  groups: readonly Group[],
  cellOf: (group: Group) => string,
): Column {
  return { head, align, rank, cells: groups.map(cellOf) };
}
