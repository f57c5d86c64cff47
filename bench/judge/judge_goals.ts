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
  const promised = histories.filter((it) =>
    it.rule === "changePoints()" && it.kind !== "AR(1) 0.5"
  );
  const of = <T extends DesignReport>(
    reports: readonly T[],
    share: (report: T) => number | undefined,
  ) =>
    reports.map((it): Found => ({ where: it.pool, share: share(it) }))
      .filter(({ share }) => share !== undefined);
  const ofTrends = (share: (report: HistoryReport) => number) =>
    promised.map((it): Found => ({ where: it.kind, share: share(it) }));
  return [
    atMost(
      "false alarms at most 1 %, simulated",
      of(simulated, (it) => it.rates.none!.alarm),
      0.01,
    ),
    atMost(
      "false alarms at most 2 %, real",
      of(real, (it) => it.rates.none!.alarm),
      0.02,
    ),
    atLeast(
      "10 baselines, 3 candidates: +30 % of decisions found in 99 %",
      of(decided, (it) => it.rates["+30 %"]!.found),
      0.99,
    ),
    atLeast(
      "with 20 calibration runs: +10 % found in 60 %",
      of(calibrated, (it) => it.rates["+10 %"]!.found),
      0.6,
    ),
    atLeast(
      "one candidate and two confirming ones: +30 % found in 99 %",
      of(decided, (it) => it.twoStage!["+30 %"]!.found),
      0.99,
    ),
    atMost(
      "one candidate and two confirming ones: alarms at most 1 %",
      of(decided, (it) => it.twoStage!.none!.alarm),
      0.01,
    ),
    atLeast(
      "stated changes found in 75 % or more, every row, simulated",
      of(simulated, (it) => it.stated?.least),
      0.75,
    ),
    atMost(
      "stated changes found in 85 % or less, every row, simulated",
      of(simulated, (it) => it.stated?.most),
      0.85,
    ),
    atLeast(
      "stated changes found in 75 % or more, on average, real",
      of(real, (it) => it.stated?.mean),
      0.75,
    ),
    atMost(
      "stated changes found in 85 % or less, on average, real",
      of(real, (it) => it.stated?.mean),
      0.85,
    ),
    atMost(
      "unchanged histories with a change: at most 1 in 20",
      ofTrends((it) => it.alarms),
      0.05,
    ),
    atLeast(
      "a shift located within two runs in 9 of 10",
      ofTrends((it) => it.shift),
      0.9,
    ),
    atLeast(
      "up and back located within two runs in 9 of 10",
      ofTrends((it) => it.upAndBack),
      0.9,
    ),
  ].filter((it) => it !== undefined);
}

/** A share, and the noise that it was found under. */
interface Found {
  readonly where: string;
  readonly share: number | undefined;
}

function atMost(
  text: string,
  found: readonly Found[],
  limit: number,
): Goal | undefined {
  const worst = found.toSorted((a, b) => b.share! - a.share!)[0];
  return goal(text, worst, (share) => share <= limit);
}

function atLeast(
  text: string,
  found: readonly Found[],
  limit: number,
): Goal | undefined {
  const worst = found.toSorted((a, b) => a.share! - b.share!)[0];
  return goal(text, worst, (share) => share >= limit);
}

function goal(
  text: string,
  worst: Found | undefined,
  isMet: (share: number) => boolean,
): Goal | undefined {
  if (worst === undefined) return undefined;
  return {
    text,
    worst: `${(100 * worst.share!).toFixed(2)} % (${worst.where})`,
    isMet: isMet(worst.share!),
  };
}
