import type { LoadedRun, RunStore } from "@astraguard/hil-metrics";
import {
  judge,
  type Judgement,
  type NoiseDocument,
  selfTest,
  type Verdict,
} from "@astraguard/hil-metrics/judge";
import { writeWhole } from "../files/write_whole.ts";
import { judgementDocument } from "../judging/judgement_document.ts";
import { printJudgement } from "../judging/print_judgement.ts";
import { printSelfTest } from "../judging/print_self_test.ts";
import { readNoise } from "../judging/read_noise.ts";
import { requireDistinct } from "../judging/require_distinct.ts";
import { requireWhole } from "../judging/require_whole.ts";
import { loadRuns } from "../runs/load_runs.ts";
import { openStore } from "../runs/open_store.ts";
import { resolveRuns } from "../runs/resolve_runs.ts";
import type { Context } from "../terminal/context.ts";
import { DataError } from "../terminal/data_error.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** What `gate` was asked for. */
export interface GateOptions {
  readonly baseline?: readonly string[];
  readonly budget?: readonly string[];
  readonly budgets?: string;
  readonly noise?: string;
  readonly minChange?: number;
  readonly margin?: number;
  readonly allRows?: true;
  readonly selfTest?: true;
  readonly report?: string;
  readonly markdown?: string;
  readonly junit?: string;
  readonly github?: true;
}

const EXIT_CODES: Readonly<Record<Verdict, ExitCode>> = {
  pass: ExitCode.done,
  regressed: ExitCode.regressed,
  inconclusive: ExitCode.inconclusive,
};

/** Judges candidate runs against baseline runs. */
export async function run(
  context: Context,
  names: readonly string[],
  options: GateOptions,
): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const store = openStore(context);
  const baselineIds = await resolveRuns(store, options.baseline ?? []);
  const noise = options.noise === undefined
    ? undefined
    : await readNoise(options.noise);
  const rules = {
    ...(options.minChange !== undefined && { minChange: options.minChange }),
    ...(options.margin !== undefined && { margin: options.margin }),
    ...(noise !== undefined && { noise }),
  };
  if (options.selfTest) {
    return await testItself(context, store, baselineIds, rules);
  }
  const budgets = await budgetsOf(options);
  if (names.length === 0) throw new UsageError("Name the runs to judge");
  if (baselineIds.length === 0 && budgets.length === 0) {
    throw new UsageError(
      "Say what they are judged by: --baseline RUN…, --budget TEXT, or both",
    );
  }
  const candidateIds = await resolveRuns(store, names);
  const both = candidateIds.find((it) => baselineIds.includes(it));
  if (both !== undefined) {
    throw new UsageError(`Run "${both}" cannot be judged against itself`);
  }
  const runIds = [...candidateIds, ...baselineIds];
  const runs = await loadRuns(store, runIds, terminal);
  const candidates = runs.slice(0, candidateIds.length);
  const baselines = runs.slice(candidateIds.length);
  requireWhole(baselines);
  const empty = candidates.find(({ measurements }) =>
    measurements.length === 0
  );
  if (empty !== undefined) {
    throw new DataError(`Cannot judge run "${empty.runId}": it is empty`);
  }
  await requireDistinct(store, runIds);
  const judgement = await judge({ candidates, baselines, budgets, ...rules });
  if (isJson) printJson(judgementDocument(judgement), terminal);
  else await printJudgement(judgement, terminal, options.allRows ?? false);
  await writeReports({ judgement, candidates, baselines }, options);
  if (options.github) {
    const { githubAnnotations } = await import("../report/mod.ts");
    const lines = githubAnnotations(judgement).trimEnd();
    // The runner reads both outputs, and a document stands alone.
    if (lines !== "" && isJson) terminal.tell(`${lines}\n`);
    else if (lines !== "") terminal.print(lines);
  }
  return EXIT_CODES[judgement.verdict];
}

/** Writes the judgement in the forms that were asked for. */
async function writeReports(
  content: {
    readonly judgement: Judgement;
    readonly candidates: readonly LoadedRun[];
    readonly baselines: readonly LoadedRun[];
  },
  { report, markdown, junit }: GateOptions,
): Promise<void> {
  if ((report ?? markdown ?? junit) === undefined) return;
  const reports = await import("../report/mod.ts");
  if (markdown !== undefined) {
    await writeWhole(markdown, reports.markdownReport(content.judgement));
  }
  if (junit !== undefined) {
    await writeWhole(junit, reports.junitReport(content.judgement));
  }
  if (report !== undefined) {
    await writeWhole(report, reports.renderHtmlReport(content));
  }
}

async function testItself(
  { terminal, isJson }: Context,
  store: RunStore,
  baselineIds: readonly string[],
  rules: { minChange?: number; margin?: number; noise?: NoiseDocument },
): Promise<ExitCode> {
  if (baselineIds.length === 0) {
    throw new UsageError("A self-test needs --baseline RUN…");
  }
  const baselines = await loadRuns(store, baselineIds, terminal);
  requireWhole(baselines);
  const report = await selfTest({ baselines, ...rules });
  if (isJson) {
    printJson({
      can_fail: report.canFail,
      judgements: report.judgements,
      baselines: report.baselines,
      candidates: report.candidates,
      false_alarms: report.falseAlarms,
      unchanged: report.unchanged,
      rows: report.rows.map(({ metricType, satelliteId, ...row }) => ({
        ...row,
        metric_type: metricType ?? null,
        satellite_id: satelliteId ?? null,
      })),
      warnings: report.warnings,
    }, terminal);
  } else await printSelfTest(report, terminal);
  return report.canFail ? ExitCode.done : ExitCode.inconclusive;
}

/** Each budget that was given, and those of a file but for comments. */
async function budgetsOf(
  { budget = [], budgets }: GateOptions,
): Promise<string[]> {
  if (budgets === undefined) return [...budget];
  let text;
  try {
    text = await Deno.readTextFile(budgets);
  } catch (error) {
    throw new DataError(
      `Cannot read the budgets in ${budgets}: ${
        error instanceof Error ? error.message : error
      }`,
    );
  }
  const lines = text.split(/\r?\n/).map((it) => it.trim())
    .filter((it) => it !== "" && !it.startsWith("#"));
  if (lines.length === 0) throw new DataError(`No budget stands in ${budgets}`);
  return [...budget, ...lines];
}
