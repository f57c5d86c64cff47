import type {
  ListRunsOptions,
  RunIndex,
  RunMetrics,
  StorageError,
  StoredRun,
} from "@astraguard/hil-metrics";
import { openStore } from "../runs/open_store.ts";
import { formatMs, NONE } from "../tables/figures.ts";
import { printTable } from "../tables/print_table.ts";
import type { Column } from "../tables/table.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { styled } from "../terminal/style.ts";
import { listingOf, type SelectionOptions } from "./_selection_options.ts";

/** What `list` was asked for. */
export interface ListOptions extends SelectionOptions {
  readonly incomplete?: boolean;
  readonly ids?: true;
}

/** Metric types that have a column of their own. */
const MOST_TYPES = 5;

/** Prints runs, newest first. */
export async function run(
  context: Context,
  _names: readonly string[],
  options: ListOptions,
): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const failures: StorageError[] = [];
  using catalog = await catalogOf(context);
  const store = openStore(context, catalog && { catalog });
  const wanted: ListRunsOptions = {
    ...listingOf(options),
    ...(options.incomplete !== undefined && { incomplete: options.incomplete }),
    onUnreadable: (error) => failures.push(error),
  };
  if (options.ids) {
    const runIds = await store.recentRuns(wanted);
    if (isJson) printJson(runIds, terminal);
    else for (const runId of runIds) terminal.print(runId);
  } else {
    const runs: StoredRun[] = [];
    if (catalog === undefined) {
      for await (const it of store.runs(wanted)) runs.push(it);
    } else {
      for (const runId of await store.recentRuns(wanted)) {
        const metrics = await store.run(runId).getRunMetrics();
        if (metrics !== null) runs.push({ runId, metrics });
      }
    }
    if (isJson) printJson(runs.map(({ metrics }) => metrics), terminal);
    else await printRuns(runs, context);
  }
  for (const { code, message } of failures) {
    terminal.tell(
      `${styled(`warning ${code}:`, "yellow", terminal)} ${message}\n`,
    );
  }
  return ExitCode.done;
}

/** The catalog of the directory, if somebody has made one. */
async function catalogOf(
  { resultsDir }: Context,
): Promise<RunIndex & Disposable | undefined> {
  try {
    if (!Deno.lstatSync(`${resultsDir}/.catalog`).isDirectory) return undefined;
  } catch {
    return undefined;
  }
  const { RunCatalog } = await import("@astraguard/hil-metrics/catalog");
  return RunCatalog.open(resultsDir);
}

async function printRuns(
  runs: readonly StoredRun[],
  { terminal, resultsDir }: Context,
) {
  if (runs.length === 0) {
    terminal.tell(`No such runs in ${resultsDir}\n`);
    return;
  }
  const types = [
    ...new Set(runs.flatMap(({ metrics }) => Object.keys(metrics.stats))),
  ];
  await printTable(
    [
      column("run", "left", 0, runs, ({ run_id }, runId) => runId || run_id),
      column(
        "saved",
        "left",
        2,
        runs,
        (it) => it.timestamp.slice(0, 16).replace("T", " "),
      ),
      column(
        "samples",
        "right",
        1,
        runs,
        (it) => String(it.total_measurements),
      ),
      ...types.slice(0, MOST_TYPES).map((type, i) =>
        column(
          `${type} p95 ms`,
          "right",
          3 + i,
          runs,
          (it) => formatMs(it.stats[type]?.p95_ms),
        )
      ),
      column("", "left", 1, runs, (it) => it.incomplete ? "incomplete" : ""),
      column("labels", "left", 9, runs, labelsOf),
    ].filter(({ head, cells }) => head !== "" || cells.some(Boolean)),
    terminal,
  );
}

function column(
  head: string,
  align: "left" | "right",
  rank: number,
  runs: readonly StoredRun[],
  cellOf: (metrics: RunMetrics, runId: string) => string,
): Column {
  const cells = runs.map(({ runId, metrics }) => cellOf(metrics, runId));
  return { head, align, rank, cells };
}

function labelsOf({ labels = {} }: RunMetrics): string {
  const texts = Object.entries(labels).map(([name, value]) =>
    `${name}=${value}`
  );
  return texts.length === 0 ? NONE : texts.join(" ");
}
