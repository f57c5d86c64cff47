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

const FEWEST_CANDIDATES = 3;
const FEWEST_BASELINES = 10;
const MOST_CANDIDATES = 50;

/**
 * About how many runs would find a change, in words: at least three candidates
 * and ten baselines, then two baselines a candidate.
 */
export function runsNeeded(
  { counts, logError, level, logChange }: Wanted,
  tables: Tables,
): string {
  const deviation = logError / errorFactor(counts);
  for (
    let candidates = Math.max(FEWEST_CANDIDATES, counts.candidates);
    candidates <= MOST_CANDIDATES;
    candidates++
  ) {
    const baselines = Math.max(
      FEWEST_BASELINES,
      counts.baselines,
      2 * candidates,
    );
    const then = { ...counts, baselines, candidates };
    const { judged } = freedomOf(then);
    const quantiles = tables.tQuantile(level / 2, judged) +
      tables.tQuantile(1 - POWER, judged);
    if (quantiles * deviation * errorFactor(then) <= logChange) {
      return `about ${candidates} candidates and ${baselines} baselines`;
    }
  }
  return `more than ${MOST_CANDIDATES} candidates, or calmer runs,`;
}
