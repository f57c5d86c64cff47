import type { RunFigures } from "../../src/judge/figures/run_figures.ts";
import type { FiguresToJudge } from "../../src/judge/figures_to_judge.ts";
import { judgeFigures } from "../../src/judge/judge_figures.ts";
import { rulesOf } from "../../src/judge/judge.ts";
import type { Judgement } from "../../src/judge/judgement.ts";
import { indexNoise } from "../../src/judge/noise.ts";
import { noiseOf } from "../../src/judge/calibrate.ts";
import { Random } from "../../src/judge/random.ts";
import { ALARM_LEVEL, levelsOf } from "../../src/judge/rows/levels.ts";
import { draftRows } from "../../src/judge/rows/row_draft.ts";
import { shiftOf } from "../../src/judge/rows/shift.ts";
import { Tables } from "../../src/judge/rows/tables.ts";
import { runAtOnce } from "../../src/event_loop/sliced.ts";
import type { DrawnSet } from "./drawn_set.ts";
import { RIVALS } from "./rivals.ts";
import type { PooledRun, RunPool, SlowDown } from "./run_pool.ts";

/** How many runs a judgement has. */
export interface Design {
  readonly baselines: number;
  readonly candidates: number;
  /** Runs of a calibration; 0 without. */
  readonly calibration: number;
}

/** What judgements of one design came to, each a share of them. */
export interface Rates {
  /** A row said that something changed, either way. */
  readonly alarm: number;
  readonly regressed: number;
  readonly pass: number;
  readonly suspicious: number;
  /** A row of decisions regressed. */
  readonly found: number;
}

/** How often what rows state is found, over rows. */
export interface Stated {
  readonly mean: number;
  readonly least: number;
  readonly most: number;
  readonly rows: number;
}

const RULES = rulesOf({});

/** Judges by figures as judge() does, with tables that serve all. */
export class Campaign {
  readonly #tables = new Tables();

  judge(
    baselines: readonly RunFigures[],
    candidates: readonly RunFigures[],
    calibration: readonly RunFigures[] = [],
  ): Judgement {
    const origin = { date: new Date(0).toISOString(), host: null, labels: {} };
    const noise = calibration.length === 0
      ? undefined
      : runAtOnce(indexNoise(runAtOnce(noiseOf(calibration, origin))));
    const set: FiguresToJudge = {
      ...RULES,
      baselines,
      candidates,
      budgets: [],
      noise,
      isNoiseDoubtful: false,
      isIncomplete: false,
      warnings: [],
    };
    return runAtOnce(judgeFigures(set, this.#tables));
  }

  /** Shares of judgements in which rules of others say that it changed. */
  rivals(
    pool: RunPool,
    design: Design,
    slowDown: SlowDown,
    judgements: number,
    seed: number,
  ): number[] {
    const runs = pool.runs.filter((it) => it.sortedMs !== undefined);
    const counts = RIVALS.map(() => 0);
    for (const drawn of drawSets(runs, design, judgements, seed)) {
      RIVALS.forEach(({ isAlarm }, i) => {
        if (isAlarm(drawn, slowDown)) counts[i]!++;
      });
    }
    return counts.map((it) => it / judgements);
  }

  /** Rates of judgements drawn from a pool; `slowed` are other candidates. */
  rates(
    pool: RunPool,
    design: Design,
    slowDown: SlowDown,
    judgements: number,
    seed: number,
    slowed?: readonly PooledRun[],
  ): Rates {
    const counts = { alarm: 0, regressed: 0, pass: 0, suspicious: 0, found: 0 };
    for (const drawn of drawSets(pool.runs, design, judgements, seed, slowed)) {
      const { baselines, candidates, calibration } = figuresOf(drawn, slowDown);
      count(counts, this.judge(baselines, candidates, calibration));
    }
    return shares(counts, judgements);
  }

  /**
   * The same of one candidate that, where it looks suspicious, is judged again
   * with two more.
   */
  twoStageRates(
    pool: RunPool,
    baselines: number,
    slowDown: SlowDown,
    judgements: number,
    seed: number,
    slowed?: readonly PooledRun[],
  ): Rates {
    const counts = { alarm: 0, regressed: 0, pass: 0, suspicious: 0, found: 0 };
    const design = { baselines, candidates: 3, calibration: 0 };
    for (const drawn of drawSets(pool.runs, design, judgements, seed, slowed)) {
      const { baselines, candidates } = figuresOf(drawn, slowDown);
      const first = this.judge(baselines, candidates.slice(0, 1));
      const isOver = !first.isSuspicious || first.verdict === "regressed";
      count(counts, isOver ? first : this.judge(baselines, candidates));
    }
    return shares(counts, judgements);
  }

  /** How often each row's stated change is found when it is put into it. */
  stated(
    pool: RunPool,
    { baselines, candidates }: Design,
    judgements: number,
    seed: number,
  ): Stated {
    const design = { baselines, candidates, calibration: 0 };
    const found = new Map<string, { found: number; of: number }>();
    for (const drawn of drawSets(pool.runs, design, judgements, seed)) {
      const { baselines, candidates } = figuresOf(drawn, "none");
      const rows = runAtOnce(draftRows(baselines, candidates)).rows
        .filter((it) => it.refusal === undefined);
      const { shares } = runAtOnce(levelsOf(rows, candidates.length));
      for (const [i, row] of rows.entries()) {
        const level = ALARM_LEVEL * shares[i]!;
        const counts = {
          baselines: row.baselines.length,
          candidates: row.candidates.length,
          calibrationFreedom: 0,
        };
        const units = runAtOnce(this.#tables.smallestChange(counts, level));
        const { logErrorUnchanged } = shiftOf(
          row.baselines,
          row.candidates,
          undefined,
        );
        const logChange = units! * logErrorUnchanged!;
        const moved = row.candidates.map((it) => it + logChange);
        const shift = shiftOf(row.baselines, moved, undefined);
        const key = `${row.metricType} ${row.satelliteId} ${row.figure}`;
        const tally = found.get(key) ?? { found: 0, of: 0 };
        tally.of++;
        if (shift.logChange > 0 && shift.probability <= level) tally.found++;
        found.set(key, tally);
      }
    }
    // A row that is refused in most judgements says little in the others.
    const rates = [...found.values()].filter(({ of }) => 2 * of > judgements)
      .map((it) => it.found / it.of);
    return {
      mean: rates.reduce((sum, it) => sum + it, 0) / rates.length,
      least: Math.min(...rates),
      most: Math.max(...rates),
      rows: rates.length,
    };
  }
}

/** Draws the runs of judgements, no run twice in one. */
function* drawSets(
  runs: readonly PooledRun[],
  { baselines, candidates, calibration }: Design,
  judgements: number,
  seed: number,
  slowed?: readonly PooledRun[],
): Generator<DrawnSet> {
  const random = new Random(seed);
  const order = [...runs];
  const others = slowed === undefined ? undefined : [...slowed];
  const count = baselines + calibration + (others ? 0 : candidates);
  if (count > order.length || candidates > (others?.length ?? Infinity)) {
    throw new RangeError(`There are too few runs: ${order.length}`);
  }
  for (let i = 0; i < judgements; i++) {
    random.draw(order, count);
    if (others) random.draw(others, candidates);
    const first = baselines + calibration;
    yield {
      baselines: order.slice(0, baselines),
      calibration: order.slice(baselines, first),
      candidates: others?.slice(0, candidates) ??
        order.slice(first, first + candidates),
    };
  }
}

function figuresOf(
  { baselines, candidates, calibration }: DrawnSet,
  slowDown: SlowDown,
) {
  return {
    baselines: baselines.map(({ figures }) => figures.none),
    candidates: candidates.map(({ figures }) => figures[slowDown]),
    calibration: calibration.map(({ figures }) => figures.none),
  };
}

type Counts = { -readonly [name in keyof Rates]: number };

function count(
  counts: Counts,
  { rows, verdict, isSuspicious }: Judgement,
): void {
  const isChanged = rows.some((it) =>
    it.verdict === "regressed" || it.verdict === "improved"
  );
  if (isChanged) counts.alarm++;
  if (verdict === "regressed") counts.regressed++;
  if (verdict === "pass") counts.pass++;
  if (isSuspicious) counts.suspicious++;
  const isFound = rows.some((it) =>
    it.metricType === "agent_decision" && it.verdict === "regressed"
  );
  if (isFound) counts.found++;
}

function shares(counts: Counts, judgements: number): Rates {
  return Object.fromEntries(
    Object.entries(counts).map(([name, count]) => [name, count / judgements]),
  ) as unknown as Rates;
}
