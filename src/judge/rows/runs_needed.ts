import { normalQuantile } from "../distributions/normal_quantile.ts";
import { POWER, type Tables } from "./tables.ts";
import { errorFactor, freedomOf, type RunCounts } from "./shift.ts";

/** What a row has, and what it should find. */
export interface Wanted {
  readonly counts: RunCounts;
  /** Standard error at those counts. */
  readonly logError: number;
  readonly level: number;
  /** The change to find in four of five judgements. */
  readonly logChange: number;
}

const FEWEST_BASELINES = 10;
const MOST_BASELINES = 50;
const FEWEST_CANDIDATES = 3;

/** Of more candidates one has moved by less than half sooner or later. */
const MOST_CANDIDATES = 5;

/**
 * What the estimate is too small by: with it, it is at most a twentieth too
 * small, and up to a fifth too large, by which somebody runs a few too many.
 */
const CORRECTION = 1.1;

/**
 * About how many runs would find a change, in words: the fewest baselines from
 * ten on with three to five candidates, and never fewer than there are.
 */
export function runsNeeded(
  { counts, logError, level, logChange }: Wanted,
  tables: Tables,
): string {
  const deviation = logError / errorFactor(counts);
  const fewest = Math.max(FEWEST_CANDIDATES, counts.candidates);
  const most = Math.max(MOST_CANDIDATES, counts.candidates);
  const candidatesBeside = (baselines: number): number | undefined => {
    for (let candidates = fewest; candidates <= most; candidates++) {
      const then = { ...counts, baselines, candidates };
      if (aboutSmallestChange(then, level, tables) * deviation <= logChange) {
        return candidates;
      }
    }
    return undefined;
  };
  // More baselines always find more. To try each would take 10 ms at once.
  let tooFew = Math.max(FEWEST_BASELINES, counts.baselines) - 1;
  let enough = Math.max(MOST_BASELINES, tooFew + 1);
  if (candidatesBeside(enough) === undefined) return "calmer runs alone";
  while (enough - tooFew > 1) {
    const middle = (tooFew + enough) >> 1;
    if (candidatesBeside(middle) === undefined) tooFew = middle;
    else enough = middle;
  }
  return `about ${candidatesBeside(enough)} candidates and ${enough} baselines`;
}

/**
 * About the smallest change that these runs find, in deviations between runs:
 * by the formula of textbooks, or what it takes for every candidate to have
 * moved by half, whichever is more.
 */
export function aboutSmallestChange(
  counts: RunCounts,
  level: number,
  tables: Tables,
): number {
  const { judged } = freedomOf(counts);
  const quantiles = tables.tQuantile(level / 2, judged) +
    tables.tQuantile(1 - POWER, judged);
  const allMoved = 2 * normalQuantile(POWER ** (1 / counts.candidates));
  return CORRECTION * Math.max(quantiles * errorFactor(counts), allMoved);
}
