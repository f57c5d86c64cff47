import {
  bootstrapRatio,
  type Estimate,
  median,
} from "../../lib/measure/bootstrap.ts";
import type { Form } from "../../lib/measure/form.ts";
import { measureRounds, type RoundsOptions } from "../../lib/measure/rounds.ts";
import { measureSpread, type Spread } from "../../lib/measure/spread.ts";
import {
  baselineOf,
  type BenchCase,
  type Counts,
} from "../cases/bench_case.ts";
import { verifySameAnswer } from "../cases/verify.ts";
import { addOriginal } from "../original/add_original.ts";
import type { Original } from "../original/original.ts";

/** What one form of a case came to. */
export interface FormFigures {
  /** Milliseconds a call, the median of the rounds. */
  medianMs: number;
  /** How many times as fast as the first form, by the medians of the rounds. */
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
  /** By form; the first is what the others are held against. */
  forms: Record<string, FormFigures>;
  /** How many of the rounds each process measured; one measured all if absent. */
  processes?: readonly number[];
  /** What was counted, by form. */
  counts: Counts;
}

/** How to measure a case. */
export interface MeasureCaseOptions extends RoundsOptions {
  /** A directory to make directories in. */
  scratch: string;
  /** The Python original, to be measured as well. */
  original?: Original | undefined;
  /** Called with what the original could not do. */
  leaveOut?: (reason: string) => void;
  /**
   * How long each form runs alone, in milliseconds.
   * @default {100}
   */
  spreadBudgetMs?: number;
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
  const { scratch, original, leaveOut = () => {}, spreadBudgetMs = 100 } =
    options;
  const directory = await Deno.makeTempDir({ dir: scratch });
  try {
    const own = await benchCase.prepare({ size, directory });
    await verifySameAnswer(own.forms);
    const { forms, counts = {} } = original
      ? await addOriginal(own, original, leaveOut)
      : own;
    const spreads = await measureSpreads(forms, spreadBudgetMs);
    const roundsMs = await measureRounds(forms, options);
    const baselineMs = roundsMs[baselineOf(forms)]!;
    return {
      name: benchCase.name,
      title: benchCase.title(size),
      size,
      forms: Object.fromEntries(
        Object.entries(roundsMs).map(([name, timesMs]) => [name, {
          medianMs: median(timesMs),
          speedup: bootstrapRatio(baselineMs, timesMs),
          ...spreads[name] && { spread: spreads[name] },
          roundsMs: timesMs,
        }]),
      ),
      counts,
    };
  } finally {
    await original?.forget();
    await Deno.remove(directory, { recursive: true });
  }
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
