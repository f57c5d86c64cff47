import { requireOptions, shown } from "../model/options.ts";
import type { Sliced } from "../event_loop/sliced.ts";
import { runInSlices } from "../event_loop/turns.ts";
import { STAGES } from "./figures/chain.ts";
import type { Injection } from "./figures/injection.ts";
import { type RunFigures, runFigures } from "./figures/run_figures.ts";
import { type JudgeOptions, type JudgeRules, rulesOf } from "./judge.ts";
import { judgeFigures } from "./judge_figures.ts";
import {
  requireDistinct,
  requireWhole,
  type RunToJudge,
  type TakenRun,
  takeRuns,
} from "./judged_run.ts";
import type { Judgement, JudgementRow, Verdict } from "./judgement.ts";
import { indexNoise, type Noise } from "./noise.ts";
import { formatChange } from "./percent.ts";
import { Random } from "./random.ts";
import { metricTypesOf } from "./rows/row_draft.ts";
import { Tables } from "./rows/tables.ts";

/** What to try, and how. */
export interface SelfTestOptions extends
  Pick<
    JudgeOptions,
    "noise" | "minChange" | "margin" | "gatingFigures"
  > {
  /** Unchanged runs: three or more, of which some become candidates. */
  readonly baselines: readonly RunToJudge[];
  /**
   * Candidates of a judgement, from 1; fewer where two baselines would not be
   * left.
   *
   * @default {3}
   */
  readonly candidates?: number | undefined;
  /**
   * Judgements of each slow-down, from 1.
   *
   * @default {100}
   */
  readonly judgements?: number | undefined;
  /**
   * Factors of the slow-downs, above 1.
   *
   * @default {[1.1, 1.3, 2]}
   */
  readonly factors?: readonly number[] | undefined;
  /**
   * Seed of the draws, a whole number: the same runs then give the same report.
   *
   * @default {1}
   */
  readonly seed?: number | undefined;
}

/** What suffers a slow-down. */
export type SlowDownKind = "all" | "satellite" | "tail" | "stage";

/** What judgements of one slow-down came to. */
export interface SelfTestRow {
  /**
   * What suffers: all durations, those of one satellite, those above the p95,
   * or those of one metric type.
   */
  readonly kind: SlowDownKind;
  /** What they were multiplied by. */
  readonly factor: number;
  /** The satellite that suffers; `undefined` for all. */
  readonly satelliteId: string | undefined;
  /** The metric type that suffers; `undefined` for all. */
  readonly metricType: string | undefined;
  /** Share of the judgements whose verdict is `regressed`: 0 to 1. */
  readonly found: number;
  /** Share in which a row that suffers regressed, gating or not. */
  readonly shown: number;
  /** Share in which the attribution names the satellite, or the stage first. */
  readonly attributed: number;
}

/** What a judge by given baselines would find. */
export interface SelfTestReport {
  /** Judgements of each slow-down. */
  readonly judgements: number;
  /** Baselines of each judgement: those that are not its candidates. */
  readonly baselines: number;
  /** Candidates of each judgement. */
  readonly candidates: number;
  /** Share of judgements of unchanged runs in which any row has changed. */
  readonly falseAlarms: number;
  /** Shares of the verdicts on unchanged runs. */
  readonly unchanged: { readonly [verdict in Verdict]: number };
  /** Each slow-down. */
  readonly rows: readonly SelfTestRow[];
  /**
   * Whether at least half of the judgements found the greatest slow-down of
   * all durations. A judge that cannot fail is none.
   */
  readonly canFail: boolean;
  /** What is to be known. */
  readonly warnings: readonly string[];
}

interface SlowDown extends Injection {
  readonly kind: SlowDownKind;
}

interface Trial {
  readonly taken: readonly TakenRun[];
  readonly rules: JudgeRules;
  readonly candidates: number;
  readonly judgements: number;
  readonly factors: readonly number[];
  readonly seed: number;
}

const FEWEST_RUNS = 3;
const FEWEST_BASELINES = 2;
const TAIL_ABOVE = 0.95;

/** Of the judgements that must find the greatest slow-down. */
const CAN_FAIL = 0.5;

/**
 * Tries the judge on given unchanged runs: some of them, drawn at random, are
 * slowed down and judged against the others. Says how often that is found, and
 * how often unchanged ones give an alarm. Results are the same for a seed.
 *
 * Its judgements have fewer baselines than are given, so that one by all of
 * them finds rather more. The event loop is held for some milliseconds at most.
 *
 * @returns What was found of each slow-down.
 * @throws {RangeError} There are fewer than three runs, one is incomplete,
 * empty or given twice, or a number is out of range.
 * @throws {TypeError} Something is of the wrong type.
 *
 * @example Could this judge fail?
 * ```ts
 * import { LatencyCollector } from "@astraguard/hil-metrics";
 * import { selfTest } from "@astraguard/hil-metrics/judge";
 * import { assert } from "@std/assert";
 *
 * const baselines = [1, 2, 3, 4, 5, 6, 7, 8].map((seed) => {
 *   const collector = new LatencyCollector();
 *   for (let i = 0; i < 100; i++) {
 *     const durationMs = 100 + 10 * Math.sin(seed * 1000 + i * i);
 *     collector.recordAgentDecision("SAT1", i, durationMs);
 *   }
 *   return collector;
 * });
 * const report = await selfTest({ baselines, judgements: 20 });
 * assert(report.canFail);
 * ```
 */
export async function selfTest(
  options: SelfTestOptions,
): Promise<SelfTestReport> {
  requireOptions(options);
  const {
    candidates = 3,
    judgements = 100,
    factors = [1.1, 1.3, 2],
    seed = 1,
  } = options;
  requireCount("candidates", candidates);
  requireCount("judgements", judgements);
  requireFactors(factors);
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`seed must be a whole number: ${shown(seed)}`);
  }
  const taken = takeRuns("baselines", options.baselines);
  if (taken.length < FEWEST_RUNS) {
    throw new RangeError(
      `A self-test needs ${FEWEST_RUNS} runs: ${taken.length}`,
    );
  }
  requireWhole("test by", taken);
  requireDistinct("test by", taken);
  return await runInSlices(tryAll({
    taken,
    rules: rulesOf(options),
    candidates: Math.min(candidates, taken.length - FEWEST_BASELINES),
    judgements,
    factors,
    seed,
  }));
}

function* tryAll(trial: Trial): Sliced<SelfTestReport> {
  const { taken, rules, candidates, judgements } = trial;
  const tables = new Tables();
  const noise = rules.noise && (yield* indexNoise(rules.noise));
  const unchanged: RunFigures[] = [];
  for (const { columns } of taken) unchanged.push(yield* runFigures(columns));

  const verdicts = { pass: 0, regressed: 0, inconclusive: 0 };
  let alarms = 0;
  yield* eachJudgement(
    trial,
    noise,
    unchanged,
    unchanged,
    tables,
    (judgement) => {
      verdicts[judgement.verdict]++;
      if (judgement.rows.some(hasChanged)) alarms++;
    },
  );
  const rows: SelfTestRow[] = [];
  for (const slowDown of slowDownsOf(unchanged, trial.factors)) {
    const { kind, factor, satelliteId, metricType } = slowDown;
    const slowed: RunFigures[] = [];
    for (const { columns } of taken) {
      slowed.push(yield* runFigures(columns, { injection: slowDown }));
    }
    const counts = { found: 0, shown: 0, attributed: 0 };
    yield* eachJudgement(
      trial,
      noise,
      unchanged,
      slowed,
      tables,
      (judgement) => {
        if (judgement.verdict === "regressed") counts.found++;
        if (judgement.rows.some((row) => isHit(row, slowDown))) counts.shown++;
        if (isAttributed(judgement, slowDown)) counts.attributed++;
      },
    );
    rows.push({
      kind,
      factor,
      satelliteId,
      metricType,
      found: counts.found / judgements,
      shown: counts.shown / judgements,
      attributed: counts.attributed / judgements,
    });
  }
  const greatest = Math.max(...trial.factors);
  const ofAll = rows.find((it) => it.kind === "all" && it.factor === greatest)!;
  const canFail = ofAll.found >= CAN_FAIL;
  const percent = Math.round(100 * ofAll.found);
  return {
    judgements,
    baselines: taken.length - candidates,
    candidates,
    falseAlarms: alarms / judgements,
    unchanged: {
      pass: verdicts.pass / judgements,
      regressed: verdicts.regressed / judgements,
      inconclusive: verdicts.inconclusive / judgements,
    },
    rows,
    canFail,
    warnings: canFail ? [] : [
      `This judge cannot fail: ${
        formatChange(greatest)
      } of all durations was found in ${percent} % of the judgements; give more or calmer baselines`,
    ],
  };
}

/** Judges runs drawn from slowed ones against the others as they were. */
function* eachJudgement(
  { rules, candidates, judgements, seed }: Trial,
  noise: Noise | undefined,
  unchanged: readonly RunFigures[],
  slowed: readonly RunFigures[],
  tables: Tables,
  visit: (judgement: Judgement) => void,
): Sliced<void> {
  const random = new Random(seed);
  const order = [...unchanged.keys()];
  for (let i = 0; i < judgements; i++) {
    random.draw(order, candidates);
    visit(
      yield* judgeFigures({
        ...rules,
        noise,
        candidates: order.slice(0, candidates).map((it) => slowed[it]!),
        baselines: order.slice(candidates).map((it) => unchanged[it]!),
        budgets: [],
        isNoiseDoubtful: false,
        isIncomplete: false,
        warnings: [],
      }, tables),
    );
  }
}

function slowDownsOf(
  runs: readonly RunFigures[],
  factors: readonly number[],
): SlowDown[] {
  // The chain comes last: first only where a bench calls a metric so.
  const metricTypes = metricTypesOf(runs);
  const stage = STAGES.find((it) => metricTypes.includes(it)) ??
    metricTypes[0]!;
  const satelliteId = [...runs[0]!.groups.get(metricTypes[0]!)!.keys()]
    .find((it) => it !== undefined);
  return factors.flatMap((factor): SlowDown[] => [
    { kind: "all", factor },
    { kind: "satellite", factor, satelliteId },
    { kind: "tail", factor, aboveQuantile: TAIL_ABOVE },
    { kind: "stage", factor, metricType: stage },
  ]);
}

function hasChanged({ verdict }: JudgementRow): boolean {
  return verdict === "regressed" || verdict === "improved";
}

/** Whether a row of what suffers regressed. */
function isHit(
  row: JudgementRow,
  { metricType, satelliteId }: SlowDown,
): boolean {
  return row.verdict === "regressed" &&
    (metricType === undefined || row.metricType === metricType) &&
    (satelliteId === undefined || row.satelliteId === satelliteId);
}

function isAttributed(
  { attribution }: Judgement,
  { metricType, satelliteId }: SlowDown,
): boolean {
  const [first] = attribution;
  if (first === undefined) return false;
  return (metricType === undefined || first.metricType === metricType) &&
    (satelliteId === undefined ||
      first.satelliteIds.join() === satelliteId);
}

function requireCount(name: string, value: unknown): void {
  if (Number.isSafeInteger(value) && Number(value) >= 1) return;
  const message = `${name} must be a whole number from 1: ${shown(value)}`;
  throw typeof value === "number"
    ? new RangeError(message)
    : new TypeError(message);
}

function requireFactors(factors: unknown): void {
  if (!Array.isArray(factors)) {
    throw new TypeError(`factors must be an array: ${shown(factors)}`);
  }
  const isRight = (it: unknown) =>
    typeof it === "number" && it > 1 && it < Infinity;
  if (factors.length === 0 || !factors.every(isRight)) {
    throw new RangeError(`factors must be above 1: ${shown(factors)}`);
  }
}
