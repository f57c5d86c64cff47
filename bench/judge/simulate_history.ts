import type { Random } from "../../src/judge/random.ts";

/** How the figures of unchanged runs follow one another. */
export const HISTORY_KINDS = [
  "iid",
  "AR(1) 0.3",
  "heavy tails",
  "AR(1) 0.5",
] as const;
export type HistoryKind = typeof HISTORY_KINDS[number];

const CORRELATIONS: Readonly<Record<HistoryKind, number>> = {
  "iid": 0,
  "AR(1) 0.3": 0.3,
  "heavy tails": 0,
  "AR(1) 0.5": 0.5,
};

const HEAVY_FREEDOM = 3;

/** Logarithms of a history in standard deviations between runs. */
export function simulateHistory(
  { kind, length, random }: {
    readonly kind: HistoryKind;
    readonly length: number;
    readonly random: Random;
  },
): Float64Array {
  const correlation = CORRELATIONS[kind];
  let state = random.normal();
  return Float64Array.from({ length }, () => {
    if (kind === "heavy tails") {
      let squares = 0;
      for (let i = 0; i < HEAVY_FREEDOM; i++) squares += random.normal() ** 2;
      // Student's t with three degrees, whose variance is 3.
      return random.normal() / Math.sqrt(squares);
    }
    state = correlation * state +
      Math.sqrt(1 - correlation ** 2) * random.normal();
    return state;
  });
}
