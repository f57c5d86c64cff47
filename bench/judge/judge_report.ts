import type { Campaign, Design, Rates, Stated } from "./campaign.ts";
import { TREND_RULES, type TrendRates, trendRates } from "./histories.ts";
import { ALL_SLOW_DOWNS, type RunPool, type SlowDown } from "./run_pool.ts";
import { HISTORY_KINDS, type HistoryKind } from "./simulate_history.ts";

/** What a pool's judgements of one design came to. */
export interface DesignReport {
  readonly pool: string;
  readonly isReal: boolean;
  readonly design: Design;
  /** By slow-down, and by the sets that really were slowed down. */
  readonly rates: Readonly<Record<string, Rates>>;
  /** The same of other rules, each the share of alarms. */
  readonly rivals: Readonly<Record<string, readonly number[]>>;
  readonly stated: Stated | undefined;
  /** Of one candidate, and two more where it looks suspicious. */
  readonly twoStage: Readonly<Record<string, Rates>> | undefined;
}

/** What a rule made of histories of a kind. */
export interface HistoryReport extends TrendRates {
  readonly rule: string;
  readonly kind: HistoryKind;
}

/** Slow-downs that the rules of others are asked about. */
const RIVAL_SLOW_DOWNS: readonly SlowDown[] = [
  "none",
  "+5 %",
  "+10 %",
  "+30 %",
];

const CALIBRATION_RUNS = 20;
const HISTORY_RUNS = 100;

/** The counts of baselines, candidates and calibration runs to try. */
export function designsOf(pool: RunPool): Design[] {
  const baselines = pool.isReal ? [5, 10] : [5, 10, 20];
  const designs = baselines.flatMap((count) =>
    [1, 3].map((candidates) => ({
      baselines: count,
      candidates,
      calibration: 0,
    }))
  );
  designs.push({
    baselines: 10,
    candidates: 3,
    calibration: CALIBRATION_RUNS,
  });
  return designs.filter((it) =>
    it.baselines + it.candidates + it.calibration <= pool.runs.length
  );
}

/** Draws judgements of one design from a pool, so many of each slow-down. */
export function tryDesign(
  campaign: Campaign,
  pool: RunPool,
  design: Design,
  judgements: number,
  seed: number,
): DesignReport {
  const rates: Record<string, Rates> = {};
  const rivals: Record<string, readonly number[]> = {};
  for (const slowDown of ALL_SLOW_DOWNS) {
    rates[slowDown] = campaign.rates(pool, design, slowDown, judgements, seed);
  }
  for (const [name, runs] of pool.slowed) {
    rates[name] = campaign.rates(pool, design, "none", judgements, seed, runs);
  }
  const isPlain = design.calibration === 0;
  if (isPlain) {
    for (const slowDown of RIVAL_SLOW_DOWNS) {
      rivals[slowDown] = campaign.rivals(
        pool,
        design,
        slowDown,
        judgements,
        seed,
      );
    }
  }
  const isTwoStage = isPlain && design.baselines === 10 &&
    design.candidates === 3;
  const twoStage: Record<string, Rates> = {};
  if (isTwoStage) {
    for (const slowDown of ALL_SLOW_DOWNS) {
      twoStage[slowDown] = campaign.twoStageRates(
        pool,
        design.baselines,
        slowDown,
        judgements,
        seed,
      );
    }
  }
  return {
    pool: pool.name,
    isReal: pool.isReal,
    design,
    rates,
    rivals,
    stated: isPlain
      ? campaign.stated(pool, design, judgements, seed)
      : undefined,
    twoStage: isTwoStage ? twoStage : undefined,
  };
}

/** Tries every rule on histories of every kind. */
export function tryHistories(histories: number, seed: number): HistoryReport[] {
  return Object.entries(TREND_RULES).flatMap(([rule, find]) =>
    HISTORY_KINDS.map((kind) => ({
      rule,
      kind,
      ...trendRates(find, kind, { length: HISTORY_RUNS, histories, seed }),
    }))
  );
}
