import { do_not_optimize } from "mitata";
import type { Form } from "./form.ts";

/** How long and how often to measure. */
export interface RoundsOptions {
  /**
   * Time to spend, in milliseconds; the fewest rounds take what they take.
   * @default {1500}
   */
  budgetMs?: number;
  /**
   * The fewest rounds.
   * @default {7}
   */
  minRounds?: number;
  /**
   * The most rounds.
   * @default {101}
   */
  maxRounds?: number;
  /** Called after each round with the share of the work done, 0 to 1. */
  onRound?: (done: number) => void;
}

/** By form, the milliseconds that one call took in each round. */
export type RoundTimesMs = Record<string, number[]>;

/** A turn of less than this is timed too coarsely. */
const TURN_MS = 2;
const MAX_CALLS = 2 ** 20;

async function timeTurnMs(form: Form, calls: number): Promise<number> {
  if (form.timeMs) return await form.timeMs(calls);
  const { run } = form;
  const startMs = performance.now();
  for (let i = 0; i < calls; i++) {
    const result = run();
    // An await per call would dwarf the short synchronous forms.
    do_not_optimize(result instanceof Promise ? await result : result);
  }
  return performance.now() - startMs;
}

async function callsPerTurn(form: Form): Promise<number> {
  let calls = 1;
  while (calls < MAX_CALLS && await timeTurnMs(form, calls) < TURN_MS) {
    calls *= 2;
  }
  return calls;
}

/**
 * Times forms in rounds, each form once a round, so that whatever else the
 * machine does meets them all alike. Every round starts with another form.
 */
export async function measureRounds(
  forms: Readonly<Record<string, Form>>,
  {
    budgetMs = 1500,
    minRounds = 7,
    maxRounds = 101,
    onRound = () => {},
  }: RoundsOptions = {},
): Promise<RoundTimesMs> {
  const turns: { form: Form; calls: number; timesMs: number[] }[] = [];
  for (const form of Object.values(forms)) {
    turns.push({ form, calls: await callsPerTurn(form), timesMs: [] });
  }
  const startMs = performance.now();
  let spent = 0;
  for (let round = 0; round < maxRounds; round++) {
    if (round >= minRounds && spent >= 1) break;
    for (let i = 0; i < turns.length; i++) {
      const { form, calls, timesMs } = turns[(round + i) % turns.length]!;
      timesMs.push(await timeTurnMs(form, calls) / calls);
    }
    spent = (performance.now() - startMs) / budgetMs;
    const rounds = round + 1;
    onRound(Math.max(rounds / maxRounds, Math.min(rounds / minRounds, spent)));
  }
  return Object.fromEntries(
    Object.keys(forms).map((name, i) => [name, turns[i]!.timesMs]),
  );
}
