import { bootstrapRatio, type Estimate } from "../../lib/measure/bootstrap.ts";
import { baselineOf } from "../cases/bench_case.ts";
import type { CaseFigures } from "../measure/measure_case.ts";
import type { BenchReport } from "../report/bench_report.ts";

/** How a case stands to an earlier run. */
export interface Regression {
  name: string;
  size: number;
  /** Cost now over cost then, each relative to the first form of its run. */
  change: Estimate;
  /** The change that runs of the same code showed; at least 1. */
  noise: number;
  /** Whether all of the interval lies above the noise. */
  regressed: boolean;
}

/**
 * The package's cost relative to the first form, by the rounds of one run; in
 * milliseconds where the package is the only one.
 */
function relativeCost({ forms, processes }: CaseFigures): Estimate {
  const { roundsMs } = forms.package!;
  const baseline = baselineOf(forms);
  const yardstick = baseline === "package"
    ? roundsMs.map(() => 1)
    : forms[baseline]!.roundsMs;
  return bootstrapRatio(roundsMs, yardstick, {
    groups: processes ?? [roundsMs.length],
  });
}

/** The ratio of two independent ratios; their intervals add up as logarithms. */
function ratioOfRatios(now: Estimate, then: Estimate): Estimate {
  const value = now.value / then.value;
  const spread = (edge: "low" | "high") =>
    Math.hypot(
      Math.log(now[edge] / now.value),
      Math.log(then[edge === "low" ? "high" : "low"] / then.value),
    );
  return {
    value,
    low: value * Math.exp(-spread("low")),
    high: value * Math.exp(spread("high")),
  };
}

function findCase(
  report: BenchReport,
  { name, size }: CaseFigures,
): CaseFigures | undefined {
  return report.figures.find((it) => it.name === name && it.size === size);
}

/**
 * Compares a run with an earlier one, and a second run of the same code with
 * the first (A/A), to learn what noise alone does.
 *
 * The package is measured relative to the first form in the same rounds, so
 * that another machine speed is no regression. A case has regressed when, in
 * both new runs, the interval of its change lies above its own A/A change and
 * above the A/A change of most cases (nine of ten): a process differs from the
 * next by more than its rounds differ.
 */
export function findRegressions(
  then: BenchReport,
  now: BenchReport,
  nowAgain: BenchReport,
): Regression[] {
  const pairs = now.figures.flatMap((first) => {
    const earlier = findCase(then, first);
    const second = findCase(nowAgain, first);
    if (earlier === undefined || second === undefined) return [];
    const costs = [relativeCost(first), relativeCost(second)] as const;
    const swing = Math.exp(
      Math.abs(Math.log(costs[0].value / costs[1].value)),
    );
    return [{ first, costs, earlierCost: relativeCost(earlier), swing }];
  });
  const swings = pairs.map(({ swing }) => swing).sort((a, b) => a - b);
  const usual = swings[Math.floor(swings.length * 0.9)] ?? 1;
  return pairs.map(({ first, costs, earlierCost, swing }) => {
    const noise = Math.max(swing, usual);
    const changes = costs.map((cost) => ratioOfRatios(cost, earlierCost));
    const change = changes.reduce((a, b) => a.value < b.value ? a : b);
    return {
      name: first.name,
      size: first.size,
      change,
      noise,
      regressed: changes.every(({ low }) => low > noise),
    };
  });
}
