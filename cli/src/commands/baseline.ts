import { openStore } from "../runs/open_store.ts";
import { isNameOfRun, resolveRuns } from "../runs/resolve_runs.ts";
import { counted } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import { printTable } from "../tables/print_table.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** Prints all baselines, and the runs that are pinned. */
export async function list(context: Context): Promise<ExitCode> {
  const { terminal } = context;
  const { baselines, pinned } = openStore(context).baselines.read();
  if (context.isJson) {
    printJson({ baselines, pinned }, terminal);
    return ExitCode.done;
  }
  const rows = [
    ...Object.entries(baselines).flatMap(([name, runIds]) =>
      runIds.map((runId) => [name, runId] as const)
    ),
    ...pinned.map((runId) => ["(pinned)", runId] as const),
  ];
  if (rows.length === 0) {
    terminal.tell(`No baselines in ${context.resultsDir}\n`);
    return ExitCode.done;
  }
  await printTable([
    { head: "baseline", align: "left", rank: 0, cells: rows.map(([it]) => it) },
    { head: "run", align: "left", rank: 0, cells: rows.map(([_, it]) => it) },
  ], terminal);
  return ExitCode.done;
}

/** Gives runs a name. */
export async function name(
  context: Context,
  [name, ...runs]: readonly string[],
): Promise<ExitCode> {
  const store = openStore(context);
  if (await isNameOfRun(store, name!)) {
    throw new UsageError(`"${name}" is a run: choose another name`);
  }
  const runIds = await resolveRuns(store, runs);
  await store.baselines.name(name!, runIds);
  return await tell(
    context,
    `Baseline ${name} has ${counted(runIds.length, "run")}`,
  );
}

/** Forgets a name. */
export async function remove(
  context: Context,
  [name]: readonly string[],
): Promise<ExitCode> {
  if (!await openStore(context).baselines.remove(name!)) {
    throw new UsageError(`There is no baseline "${name}"`);
  }
  return await tell(
    context,
    `Baseline ${name} is removed; its runs are still there`,
  );
}

/** Keeps runs. */
export async function pin(
  context: Context,
  names: readonly string[],
): Promise<ExitCode> {
  const store = openStore(context);
  const runIds = await resolveRuns(store, names);
  for (const runId of runIds) await store.baselines.pin(runId);
  return await tell(context, `Pinned ${runIds.join(", ")}`);
}

/** Keeps runs no longer. */
export async function unpin(
  context: Context,
  names: readonly string[],
): Promise<ExitCode> {
  const store = openStore(context);
  const runIds = await resolveRuns(store, names);
  for (const runId of runIds) {
    if (await store.baselines.unpin(runId)) continue;
    throw new UsageError(`Run "${runId}" is not pinned`);
  }
  return await tell(context, `Pinned no longer: ${runIds.join(", ")}`);
}

async function tell(context: Context, text: string): Promise<ExitCode> {
  if (context.isJson) return await list(context);
  context.terminal.print(harmless(text));
  return ExitCode.done;
}
