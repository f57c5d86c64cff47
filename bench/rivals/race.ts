import { bootstrapRatio, median } from "../lib/measure/bootstrap.ts";
import type { Form } from "../lib/measure/form.ts";
import { measureRounds } from "../lib/measure/rounds.ts";
import type { RivalFigure, RowContext } from "./rival_row.ts";

/** One way to do the work, and numbers by which its answer is known. */
export interface Racer extends Form {
  answer?: () => readonly number[] | Promise<readonly number[]>;
  /** What the ratio of the package to this rival may come to. */
  goal?: number;
  /** How far its answer may be from the package's, relative to that. */
  tolerance?: number;
}

/** What is raced. */
export interface Race {
  what: string;
  package: Racer;
  rivals: Readonly<Record<string, Racer | undefined>>;
  /** How many units of work a call does; times are of one. */
  unitsPerCall?: number;
  /** What the package may take for a unit, in milliseconds. */
  goalMs?: number;
}

const BUDGET_MS = 1000;

/** For how long all run before they are timed, so that the code is compiled. */
const WARM_UP_MS = 500;

function verify(
  name: string,
  wanted: readonly number[],
  found: readonly number[],
  tolerance: number,
): void {
  const wrong = wanted.length !== found.length ||
    wanted.some((value, i) =>
      !(Math.abs(value - found[i]!) <= tolerance * Math.abs(value))
    );
  if (wrong) throw new Error(`${name} answers ${found} instead of ${wanted}`);
}

/**
 * Races the package and its rivals in interleaved rounds, after checking that
 * all give the package's answer. A rival that fails is left out, in words.
 */
export async function race(
  { what, package: own, rivals, unitsPerCall = 1, goalMs }: Race,
  { rounds, skip }: RowContext,
): Promise<RivalFigure[]> {
  const wanted = await own.answer?.();
  const racers: Record<string, Racer> = { package: own };
  for (const [name, rival] of Object.entries(rivals)) {
    if (rival === undefined) continue;
    try {
      const found = await rival.answer?.();
      if (wanted !== undefined && found !== undefined) {
        verify(name, wanted, found, rival.tolerance ?? 1e-9);
      }
      racers[name] = rival;
    } catch (error) {
      skip(`${what}: ${name}: ${error}`);
    }
  }
  await measureRounds(racers, { budgetMs: WARM_UP_MS, minRounds: 1 });
  const times = await measureRounds(racers, {
    budgetMs: BUDGET_MS,
    minRounds: rounds,
    maxRounds: Math.max(rounds, 41),
  });
  const ownMs = median(times.package!) / unitsPerCall;
  const base = { what, unit: "ms", own: ownMs } as const;
  return [
    ...goalMs === undefined ? [] : [{ ...base, goal: goalMs }],
    ...Object.entries(racers).slice(1).map(([name, { goal }]) => ({
      ...base,
      rival: {
        name,
        value: median(times[name]!) / unitsPerCall,
        ratio: bootstrapRatio(times.package!, times[name]!),
      },
      ...goal !== undefined && { goal },
    })),
  ];
}
