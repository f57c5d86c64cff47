import { baselineOf } from "../../bench/claims/cases/bench_case.ts";
import type { CaseFigures } from "../../bench/claims/measure/measure_case.ts";
import type { BenchReport } from "../../bench/claims/report/bench_report.ts";
import { bootstrapRatio } from "../../bench/lib/measure/bootstrap.ts";

const ROUNDS = 9;

/** Figures of forms that took the same in every round. */
export function figuresOf(
  name: string,
  size: number,
  medianMs: Record<string, number>,
): CaseFigures {
  const rounds = (ms: number) => new Array<number>(ROUNDS).fill(ms);
  const baselineMs = medianMs[baselineOf(medianMs)]!;
  return {
    name,
    title: `${name} ${size}`,
    size,
    forms: Object.fromEntries(
      Object.entries(medianMs).map(([form, ms]) => [form, {
        medianMs: ms,
        speedup: bootstrapRatio(rounds(baselineMs), rounds(ms)),
        roundsMs: rounds(ms),
      }]),
    ),
    counts: {},
  };
}

/** A report of these figures. */
export function reportOf(figures: CaseFigures[]): BenchReport {
  return {
    package: "package",
    version: "1.2.3",
    date: "2026-02-09T12:00:00.000Z",
    machine: {
      cpu: "a CPU",
      cores: 2,
      os: "an OS",
      runtime: "a runtime",
      load: 0.1,
    },
    original: [],
    notes: [],
    claims: [],
    figures,
  };
}
