import { bootstrapRatio, median } from "../../lib/measure/bootstrap.ts";
import { baselineOf } from "../cases/bench_case.ts";
import { CLAIMS } from "../claims.ts";
import { judgeClaims } from "../judge/judge_claims.ts";
import type { BenchReport } from "../report/bench_report.ts";
import type { CaseFigures } from "./measure_case.ts";

/**
 * Makes one report of those that several processes measured: the rounds of all,
 * and the claims judged by them. What does not come from rounds is the first
 * one's.
 */
export function mergeReports(
  reports: readonly [BenchReport, ...BenchReport[]],
): BenchReport {
  const [first] = reports;
  const figures = first.figures.map(({ name, size }) =>
    mergeFigures(
      reports.flatMap((report) =>
        report.figures.find((it) => it.name === name && it.size === size) ?? []
      ),
    )
  );
  return {
    ...first,
    notes: [...new Set(reports.flatMap(({ notes }) => notes))],
    claims: judgeClaims(CLAIMS, figures),
    figures,
  };
}

function mergeFigures(parts: readonly CaseFigures[]): CaseFigures {
  const first = parts[0]!;
  const processes = parts.map(({ forms }) =>
    forms[baselineOf(forms)]!.roundsMs.length
  );
  // The original can have failed in some of the processes.
  const names = Object.keys(first.forms)
    .filter((name) => parts.every(({ forms }) => forms[name] !== undefined));
  const roundsMs = (name: string) =>
    parts.flatMap(({ forms }) => forms[name]!.roundsMs);
  const baselineMs = roundsMs(baselineOf(first.forms));
  return {
    ...first,
    forms: Object.fromEntries(names.map((name) => {
      const timesMs = roundsMs(name);
      return [name, {
        ...first.forms[name]!,
        medianMs: median(timesMs),
        speedup: bootstrapRatio(baselineMs, timesMs, { groups: processes }),
        roundsMs: timesMs,
      }];
    })),
    processes,
  };
}
