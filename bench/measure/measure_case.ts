import type { BenchCase, Form } from "../cases/bench_case.ts";
import { verifySameAnswer } from "../cases/verify.ts";
import type { Original } from "../original/original.ts";
import { bootstrapRatio, type Estimate, median } from "./bootstrap.ts";
import { measureRounds, type RoundsOptions } from "./rounds.ts";
import { measureSpread, type Spread } from "./spread.ts";

/** What one form of a case came to. */
export interface FormFigures {
  /** Milliseconds a call, the median of the rounds. */
  medianMs: number;
  /** How many times as fast as "before", by the medians of the rounds. */
  speedup: Estimate;
  /** How its calls spread when it runs alone; not for other processes. */
  spread?: Spread;
  /** Milliseconds a call in each round. */
  roundsMs: readonly number[];
}

/** What a case came to at one size. */
export interface CaseFigures {
  name: string;
  title: string;
  size: number;
  forms: Record<string, FormFigures>;
  /** What was counted, by form. */
  counts: Record<string, Record<string, number>>;
}

/** How to measure a case. */
export interface MeasureCaseOptions extends RoundsOptions {
  /** A directory to make directories in. */
  scratch: string;
  /** The Python original, to be measured as well. */
  original?: Original | undefined;
  /**
   * How long each form runs alone, in milliseconds.
   * @default {100}
   */
  spreadBudgetMs?: number;
}

async function measureSpreads(
  forms: Readonly<Record<string, Form>>,
  budgetMs: number,
): Promise<Record<string, Spread>> {
  const spreads: Record<string, Spread> = {};
  for (const [name, form] of Object.entries(forms)) {
    if (form.timeMs) continue;
    spreads[name] = await measureSpread(form, budgetMs);
  }
  return spreads;
}

/**
 * Makes a case ready at a size, checks that all its forms give the same
 * answer, runs each alone (which also warms it up), then all in rounds.
 */
export async function measureCase(
  benchCase: BenchCase,
  size: number,
  options: MeasureCaseOptions,
): Promise<CaseFigures> {
  const { scratch, original, spreadBudgetMs = 100 } = options;
  const directory = await Deno.makeTempDir({ dir: scratch });
  try {
    const { forms, counts = {} } = await benchCase.prepare({
      size,
      directory,
      original,
    });
    await verifySameAnswer(forms);
    const spreads = await measureSpreads(forms, spreadBudgetMs);
    const roundsMs = await measureRounds(forms, options);
    return {
      name: benchCase.name,
      title: benchCase.title(size),
      size,
      forms: Object.fromEntries(
        Object.entries(roundsMs).map(([name, timesMs]) => [name, {
          medianMs: median(timesMs),
          speedup: bootstrapRatio(roundsMs.before!, timesMs),
          ...spreads[name] && { spread: spreads[name] },
          roundsMs: timesMs,
        }]),
      ),
      counts,
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
