import { requireOneOf, requireOptions, shown } from "../model/options.ts";
import { runAtOnce, type Sliced } from "../event_loop/sliced.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { type Budget, parseBudgets } from "./budgets/budget.ts";
import { FIGURE_NAMES, type JudgedFigure } from "./figures/judged_figure.ts";
import { type RunFigures, runFigures } from "./figures/run_figures.ts";
import { judgeFigures } from "./judge_figures.ts";
import {
  requireDistinct,
  requireWhole,
  type RunToJudge,
  type TakenRun,
  takeRuns,
} from "./judged_run.ts";
import { GATING_FIGURES, type Judgement } from "./judgement.ts";
import { indexNoise, type NoiseDocument, requireNoise } from "./noise.ts";
import { provenanceOf } from "./provenance.ts";
import { Tables } from "./rows/tables.ts";

/** What to judge, and how. */
export interface JudgeOptions {
  /**
   * Runs of what is new: one or more, three to decide. More than five find
   * less, since a change counts that every one of them took part in by half.
   */
  readonly candidates: readonly RunToJudge[];
  /**
   * Runs of what it is compared with: ten decide well. None where only
   * absolute budgets are to be kept.
   */
  readonly baselines: readonly RunToJudge[];
  /**
   * Limits, one a string or a line, as `agent_decision p(95)<300` (in
   * milliseconds), `agent_decision[SAT1] p(95)<300` (of one satellite, `[*]` of
   * each), `p(99)<+5%` (of every metric, relative to the baselines), `max<=500`
   * (no single measurement is longer).
   *
   * @default none
   */
  readonly budgets?: string | readonly string[] | undefined;
  /**
   * What {@linkcode calibrate} learned of the bench.
   *
   * @default nothing: the baselines alone tell how much runs differ
   */
  readonly noise?: NoiseDocument | undefined;
  /**
   * The change, as a share above 0, that every gating row must be able to find
   * in four of five judgements for the judgement to pass.
   *
   * @default {0.5}
   */
  readonly minChange?: number | undefined;
  /**
   * The change either way, as a share above 0, within which a row is
   * `equivalent` if its 90 % interval lies within.
   *
   * @default {0.1}
   */
  readonly margin?: number | undefined;
  /**
   * Figures of metrics, over all satellites, that decide; the others are shown.
   *
   * @default {["mean", "p50", "p95"]}
   */
  readonly gatingFigures?: readonly JudgedFigure[] | undefined;
}

/** Options that hold for many judgements, checked, with their defaults. */
export interface JudgeRules {
  readonly minChange: number;
  readonly margin: number;
  readonly gatingFigures: readonly JudgedFigure[];
  readonly noise: NoiseDocument | undefined;
}

/** What was asked, with the measurements of that moment. */
interface Question {
  readonly baselines: readonly TakenRun[];
  readonly candidates: readonly TakenRun[];
  readonly budgets: readonly Budget[];
  readonly rules: JudgeRules;
}

/**
 * Judges what has changed from baseline to candidate runs: per metric, per
 * metric and satellite, and for whole chains of detection, decision and
 * recovery.
 *
 * Runs are what is compared, not measurements: of those in a run, neighbours
 * are alike, and runs differ for no reason. So a verdict needs several runs, or
 * a calibration. Unchanged runs give a false alarm in 1 of 100 judgements.
 * Measurements recorded after the call are not part of it. The event loop is
 * held for a few milliseconds at most.
 *
 * @returns What has changed, with the smallest change that each row could
 * have found.
 * @throws {RangeError} There is no candidate, or no baseline and no budget; a
 * baseline is incomplete or empty; a run is given twice; a budget cannot be
 * read (the message points at the character); a number is out of range.
 * @throws {TypeError} Something is of the wrong type.
 *
 * @example A decision takes 40 per cent longer
 * ```ts
 * import { LatencyCollector } from "@astraguard/hil-metrics";
 * import { judge } from "@astraguard/hil-metrics/judge";
 * import { assertEquals } from "@std/assert";
 *
 * function simulatedRun(seed: number, factor: number): LatencyCollector {
 *   const collector = new LatencyCollector();
 *   for (let i = 0; i < 200; i++) {
 *     const noise = Math.sin(seed * 1000 + i * i);
 *     collector.recordAgentDecision("SAT1", i, factor * (100 + 10 * noise));
 *   }
 *   return collector;
 * }
 *
 * const judgement = await judge({
 *   baselines: [1, 2, 3, 4, 5, 6].map((seed) => simulatedRun(seed, 1)),
 *   candidates: [7, 8, 9].map((seed) => simulatedRun(seed, 1.4)),
 *   budgets: ["agent_decision p(95)<120"],
 * });
 * assertEquals(judgement.verdict, "regressed");
 * const broken = judgement.rows.find(({ budget }) => budget !== undefined);
 * assertEquals(broken?.verdict, "regressed");
 * ```
 */
export async function judge(options: JudgeOptions): Promise<Judgement> {
  return await runInSlices(answer(takeQuestion(options)));
}

/**
 * The same at once, without letting the event loop turn; options and errors
 * are those of {@linkcode judge}.
 *
 * @returns What has changed.
 * @throws {RangeError} As {@linkcode judge}.
 * @throws {TypeError} As {@linkcode judge}.
 */
export function judgeSync(options: JudgeOptions): Judgement {
  return runAtOnce(answer(takeQuestion(options)));
}

/**
 * Checks the options that hold for many judgements.
 *
 * @throws {RangeError} One is out of range.
 * @throws {TypeError} One is of the wrong type.
 */
export function rulesOf(
  { minChange = 0.5, margin = 0.1, gatingFigures = GATING_FIGURES, noise }:
    Pick<JudgeOptions, "minChange" | "margin" | "gatingFigures" | "noise">,
): JudgeRules {
  requireShare("minChange", minChange);
  requireShare("margin", margin);
  if (!Array.isArray(gatingFigures)) {
    throw new TypeError(
      `gatingFigures must be an array: ${shown(gatingFigures)}`,
    );
  }
  for (const it of gatingFigures) {
    requireOneOf("gatingFigures", it, FIGURE_NAMES);
  }
  return {
    minChange,
    margin,
    gatingFigures,
    noise: noise === undefined ? undefined : requireNoise(noise),
  };
}

function takeQuestion(options: JudgeOptions): Question {
  requireOptions(options);
  const candidates = takeRuns("candidates", options.candidates);
  const baselines = takeRuns("baselines", options.baselines);
  const budgets = parseBudgets(options.budgets);
  if (candidates.length === 0) {
    throw new RangeError("Cannot judge: there are no candidates");
  }
  if (baselines.length === 0 && budgets.length === 0) {
    throw new RangeError("Cannot judge: there are no baselines, nor budgets");
  }
  requireWhole("judge by", baselines);
  requireDistinct("judge", [...baselines, ...candidates]);
  return { baselines, candidates, budgets, rules: rulesOf(options) };
}

function* answer(
  { baselines, candidates, budgets, rules }: Question,
): Sliced<Judgement> {
  const quantiles = [
    ...new Set(
      budgets.map(({ figure }) => figure.quantile)
        .filter((it) => it !== undefined),
    ),
  ].sort((a, b) => a - b);
  // The noise within runs says little, but more than nothing.
  const withErrors = baselines.length === 1 && candidates.length === 1;
  const figuresOf = function* (runs: readonly TakenRun[]) {
    const figures: RunFigures[] = [];
    for (const { columns } of runs) {
      figures.push(yield* runFigures(columns, { quantiles, withErrors }));
    }
    return figures;
  };
  const { warnings, isNoiseDoubtful } = provenanceOf(
    baselines,
    candidates,
    rules.noise,
  );
  return yield* judgeFigures({
    baselines: yield* figuresOf(baselines),
    candidates: yield* figuresOf(candidates),
    budgets,
    isNoiseDoubtful,
    isIncomplete: candidates.some((it) => it.isIncomplete),
    warnings,
    ...rules,
    noise: rules.noise && (yield* indexNoise(rules.noise)),
  }, new Tables());
}

function requireShare(name: string, value: unknown): void {
  if (typeof value === "number" && value > 0 && value < Infinity) return;
  const message = `${name} must be a number above 0: ${shown(value)}`;
  throw typeof value === "number"
    ? new RangeError(message)
    : new TypeError(message);
}
