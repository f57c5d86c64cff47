import type { RunStore } from "@astraguard/hil-metrics";
import { judge } from "@astraguard/hil-metrics/judge";
import { writeWhole } from "../files/write_whole.ts";
import { readHistories } from "../judging/history.ts";
import { readNoise } from "../judging/read_noise.ts";
import { requireDistinct } from "../judging/require_distinct.ts";
import { requireWhole } from "../judging/require_whole.ts";
import { renderHtmlReport } from "../report/mod.ts";
import { loadRuns } from "../runs/load_runs.ts";
import { openStore } from "../runs/open_store.ts";
import { resolveRuns } from "../runs/resolve_runs.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** What `report` was asked for. */
export interface ReportOptions {
  readonly baseline?: readonly string[];
  readonly budget?: readonly string[];
  readonly noise?: string;
  readonly history?: number;
  readonly title?: string;
  readonly output: string;
}

/** Writes runs, what was judged of them and their history as a page. */
export async function run(
  context: Context,
  names: readonly string[],
  options: ReportOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const { baseline = [], budget = [], history, title, output } = options;
  if (names.length === 0 && history === undefined) {
    throw new UsageError("Name runs to report, or --history COUNT, or both");
  }
  const store = openStore(context);
  const candidateIds = await resolveRuns(store, names);
  const baselineIds = (await resolveRuns(store, baseline))
    .filter((it) => !candidateIds.includes(it));
  const runs = await loadRuns(
    store,
    [...candidateIds, ...baselineIds],
    terminal,
  );
  const candidates = runs.slice(0, candidateIds.length);
  const baselines = runs.slice(candidateIds.length);
  const isJudged = baselines.length > 0 || budget.length > 0;
  if (isJudged) {
    requireWhole(baselines);
    await requireDistinct(store, [...candidateIds, ...baselineIds]);
  }
  const noise = options.noise === undefined
    ? undefined
    : await readNoise(options.noise);
  const page = renderHtmlReport({
    ...{ title, candidates, baselines },
    ...(isJudged && {
      judgement: await judge({ candidates, baselines, budgets: budget, noise }),
    }),
    histories: await historiesOf(store, history, context),
  });
  await writeWhole(output, page);
  if (context.isJson) printJson({ path: output }, terminal);
  else terminal.print(output);
  return ExitCode.done;
}

async function historiesOf(
  store: RunStore,
  limit: number | undefined,
  { terminal }: Context,
) {
  if (limit === undefined) return [];
  const figure = "p95";
  return await readHistories(store, { limit }, { figure }, terminal);
}
