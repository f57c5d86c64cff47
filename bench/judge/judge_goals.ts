import type { DesignReport, HistoryReport } from "./judge_report.ts";

/** What the judge is meant to reach, and what it reached. */
export interface Goal {
  readonly text: string;
  /** The worst figure among those that it is about. */
  readonly worst: string;
  readonly isMet: boolean;
}

/** Puts what was found beside the goals; those of nothing are left out. */
export function goalsOf(
  designs: readonly DesignReport[],
  histories: readonly HistoryReport[],
): Goal[] {
  const plain = designs.filter((it) => it.design.calibration === 0);
  const simulated = designs.filter((it) => !it.isReal);
  const real = designs.filter((it) => it.isReal);
  const decided = plain.filter(({ design }) =>
    design.baselines === 10 && design.candidates === 3
  );
  const calibrated = designs.filter((it) => it.design.calibration > 0);
  const own = histories.filter((it) => it.rule === "changePoints()");
  const promised = own.filter((it) => it.kind !== "AR(1) 0.5");
  const stated = (of: readonly DesignReport[]) =>
    of.filter((it) => it.stated !== undefined).map((it) => it.stated!);
  return [
    atMost(
      "false alarms at most 1 %, simulated",
      simulated.map((it) => it.rates.none!.alarm),
      0.01,
    ),
    atMost(
      "false alarms at most 2 %, real",
      real.map((it) => it.rates.none!.alarm),
      0.02,
    ),
    atLeast(
      "10 baselines, 3 candidates: +30 % of decisions found in 99 %",
      decided.map((it) => it.rates["+30 %"]!.found),
      0.99,
    ),
    atLeast(
      "with 20 calibration runs: +10 % found in 60 %",
      calibrated.map((it) => it.rates["+10 %"]!.found),
      0.6,
    ),
    atLeast(
      "one candidate and two confirming ones: +30 % found in 99 %",
      decided.map((it) => it.twoStage!["+30 %"]!.found),
      0.99,
    ),
    atMost(
      "one candidate and two confirming ones: alarms at most 1 %",
      decided.map((it) => it.twoStage!.none!.alarm),
      0.01,
    ),
    atLeast(
      "stated changes found in 75 % or more, every row, simulated",
      stated(simulated).map((it) => it.least),
      0.75,
    ),
    atMost(
      "stated changes found in 85 % or less, every row, simulated",
      stated(simulated).map((it) => it.most),
      0.85,
    ),
    atLeast(
      "stated changes found in 75 % or more, on average, real",
      stated(real).map((it) => it.mean),
      0.75,
    ),
    atMost(
      "stated changes found in 85 % or less, on average, real",
      stated(real).map((it) => it.mean),
      0.85,
    ),
    atMost(
      "unchanged histories with a change: at most 1 in 20",
      promised.map((it) => it.alarms),
      0.05,
    ),
    atLeast(
      "a shift located within two runs in 9 of 10",
      promised.map((it) => it.shift),
      0.9,
    ),
    atLeast(
      "up and back located within two runs in 9 of 10",
      promised.map((it) => it.upAndBack),
      0.9,
    ),
  ].filter((it) => it !== undefined);
}

function atMost(
  text: string,
  shares: readonly number[],
  limit: number,
): Goal | undefined {
  return goal(text, Math.max(...shares), (worst) => worst <= limit);
}

function atLeast(
  text: string,
  shares: readonly number[],
  limit: number,
): Goal | undefined {
  return goal(text, Math.min(...shares), (worst) => worst >= limit);
}

function goal(
  text: string,
  worst: number,
  isMet: (worst: number) => boolean,
): Goal | undefined {
  if (!Number.isFinite(worst)) return undefined;
  return { text, worst: `${(100 * worst).toFixed(2)} %`, isMet: isMet(worst) };
}
