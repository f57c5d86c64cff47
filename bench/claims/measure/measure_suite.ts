import { withScratch } from "../../lib/measure/scratch.ts";
import { originNow } from "../../lib/report/origin.ts";
import { Progress } from "../../lib/report/progress.ts";
import { TaskFailure } from "../../lib/task.ts";
import type { SuiteStep } from "../cases/bench_case.ts";
import { CLAIMS } from "../claims.ts";
import { judgeClaims } from "../judge/judge_claims.ts";
import {
  checkoutsAtHand,
  Original,
  ORIGINAL_VARIABLES,
  OriginalError,
  type OriginalVersion,
} from "../original/original.ts";
import type { BenchReport } from "../report/bench_report.ts";
import {
  type CaseFigures,
  measureCase,
  type MeasureCaseOptions,
} from "./measure_case.ts";

/** How to measure a suite. */
export interface MeasureSuiteOptions
  extends Omit<MeasureCaseOptions, "scratch" | "original" | "leaveOut"> {
  /** Called with the figures of each case. */
  onCase?: (figures: CaseFigures) => void;
}

/**
 * Measures cases one after the other and judges the claims about them.
 *
 * @throws {TaskFailure} The Python original that the environment names cannot
 * be run, or it ends.
 */
export async function measureSuite(
  steps: readonly SuiteStep[],
  options: MeasureSuiteOptions = {},
): Promise<BenchReport> {
  try {
    return await measureSteps(steps, options);
  } catch (error) {
    if (!(error instanceof OriginalError)) throw error;
    throw new TaskFailure(
      `The Python original cannot be measured: ${error.message}`,
    );
  }
}

async function measureSteps(
  steps: readonly SuiteStep[],
  { onCase = () => {}, ...options }: MeasureSuiteOptions,
): Promise<BenchReport> {
  const load = Deno.loadavg()[0]!;
  const progress = new Progress(steps.length);
  const notes: string[] = [];
  const note = (text: string) => {
    progress.clear();
    notes.push(text);
    console.error(text);
  };
  await using original = await startOriginal(note);
  const figures: CaseFigures[] = [];
  await withScratch(async (scratch) => {
    for (const { benchCase, size } of steps) {
      const title = benchCase.title(size);
      progress.next(title);
      const ofCase = await measureCase(benchCase, size, {
        ...options,
        scratch,
        original,
        leaveOut: (reason) => note(`Left out, ${title}: ${reason}`),
        onRound: (done) => progress.update(done),
      });
      progress.clear();
      figures.push(ofCase);
      onCase(ofCase);
    }
  });
  return {
    ...originNow(load),
    original: original?.versions ?? [],
    notes,
    claims: judgeClaims(CLAIMS, figures),
    figures,
  };
}

/** The original as the environment names it; says what is missing or odd. */
async function startOriginal(
  note: (text: string) => void,
): Promise<Original | undefined> {
  const checkouts = checkoutsAtHand();
  const missing = Object.entries(ORIGINAL_VARIABLES)
    .filter(([version]) => checkouts[version as OriginalVersion] === undefined)
    .map(([, variable]) => variable);
  if (missing.length > 0) {
    note(
      "The claims are not judged for the Python original: no checkout is " +
        `named by ${missing.join(" and ")}`,
    );
  }
  const original = await Original.start(checkouts);
  original?.notes.forEach(note);
  return original;
}
