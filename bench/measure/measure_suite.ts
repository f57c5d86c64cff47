import type { BenchCase } from "../cases/bench_case.ts";
import { CLAIMS } from "../claims.ts";
import { Original } from "../original/original.ts";
import { type BenchReport, originNow } from "../report/bench_report.ts";
import { Progress } from "../report/progress.ts";
import { judgeClaims } from "./judge_claims.ts";
import {
  type CaseFigures,
  measureCase,
  type MeasureCaseOptions,
} from "./measure_case.ts";
import { withScratch } from "./scratch.ts";

/** A case and a size to measure it at. */
export interface SuiteStep {
  benchCase: BenchCase;
  size: number;
}

/** How to measure a suite. */
export interface MeasureSuiteOptions
  extends Omit<MeasureCaseOptions, "scratch" | "original"> {
  /** Called with the figures of each case. */
  onCase?: (figures: CaseFigures) => void;
}

/** Measures cases one after the other and judges the claims about them. */
export async function measureSuite(
  steps: readonly SuiteStep[],
  { onCase = () => {}, ...options }: MeasureSuiteOptions = {},
): Promise<BenchReport> {
  const load = Deno.loadavg()[0]!;
  const original = Original.start();
  if (original === undefined) {
    console.error(
      "Without the Python original: HIL_METRICS_ORIGINAL names no checkout of it",
    );
  }
  const progress = new Progress(steps.length);
  const figures: CaseFigures[] = [];
  try {
    await withScratch(async (scratch) => {
      for (const { benchCase, size } of steps) {
        progress.next(benchCase.title(size));
        const ofCase = await measureCase(benchCase, size, {
          ...options,
          scratch,
          original,
          onRound: (done) => progress.update(done),
        });
        progress.clear();
        figures.push(ofCase);
        onCase(ofCase);
      }
    });
  } finally {
    await original?.close();
  }
  return {
    ...originNow(load),
    original: original !== undefined,
    claims: judgeClaims(CLAIMS, figures),
    figures,
  };
}
