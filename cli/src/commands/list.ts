import type {
  ListRunsOptions,
  RunIndex,
  RunStore,
  StorageError,
  StoredRun,
} from "@astraguard/hil-metrics";
import { openStore } from "../runs/open_store.ts";
import { formatMs, NONE } from "../tables/figures.ts";
import { printTable } from "../tables/print_table.ts";
import type { Column } from "../tables/table.ts";
import { warn } from "../tables/warn.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
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
    else if (runIds.length > 0) terminal.print(runIds.join("\n"));
  } else {
    const runs = catalog === undefined
      ? store.runs(wanted)
      : runsOf(store, await store.recentRuns(wanted));
    if (isJson) {
      const metrics = await Array.fromAsync(runs, (it) => it.metrics);
      printJson(metrics, terminal);
    } else await printRuns(await Array.fromAsync(runs, lineOf), context);
  }
  for (const { code, message } of failures) warn(message, terminal, code);
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

async function* runsOf(
  store: RunStore,
  runIds: readonly string[],
): AsyncGenerator<StoredRun> {
  for (const runId of runIds) {
    const metrics = await store.run(runId).getRunMetrics();
    if (metrics !== null) yield { runId, metrics };
  }
}

/** What is printed of a run; summaries of thousands are not kept for that. */
interface Line {
  readonly runId: string;
  readonly saved: string;
  readonly samples: number;
  readonly p95Ms: ReadonlyMap<string, number>;
  readonly isIncomplete: boolean;
  readonly labels: string;
}

function lineOf({ runId, metrics }: StoredRun): Line {
  const { timestamp, total_measurements, stats, labels = {} } = metrics;
  const p95Ms = Object.entries(stats).map(([type, it]) =>
    [type, it!.p95_ms] as const
  );
  return {
    runId,
    saved: timestamp.slice(0, 16).replace("T", " "),
    samples: total_measurements,
    p95Ms: new Map(p95Ms),
    isIncomplete: metrics.incomplete ?? false,
    labels: Object.entries(labels).map(([name, it]) => `${name}=${it}`)
      .join(" "),
  };
}

async function printRuns(
  lines: readonly Line[],
  { terminal, resultsDir }: Context,
): Promise<void> {
  if (lines.length === 0) {
    terminal.tell(`No such runs in ${resultsDir}\n`);
    return;
  }
  const types = new Set<string>();
  for (const { p95Ms } of lines) for (const it of p95Ms.keys()) types.add(it);
  const column = (
    head: string,
    align: "left" | "right",
    rank: number,
    cellOf: (line: Line) => string,
  ): Column => ({ head, align, rank, cells: lines.map(cellOf) });
  await printTable(
    [
      column("run", "left", 0, (it) => it.runId),
      column("saved", "left", 2, (it) => it.saved),
      column("samples", "right", 1, (it) => `${it.samples}`),
      ...[...types].slice(0, MOST_TYPES).map((type, i) =>
        column(
          `${type} p95 ms`,
          "right",
          3 + i,
          (it) => formatMs(it.p95Ms.get(type)),
        )
      ),
      column("", "left", 1, (it) => it.isIncomplete ? "incomplete" : ""),
      column("labels", "left", 9, (it) => it.labels || NONE),
    ].filter(({ head, cells }) => head !== "" || cells.some(Boolean)),
    terminal,
  );
}
