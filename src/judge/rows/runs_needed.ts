import { POWER, type Tables } from "./tables.ts";
import { errorFactor, freedomOf, type RunCounts } from "./shift.ts";

/** What a row has, and what it should find. */
export interface Wanted {
  readonly counts: RunCounts;
  /** Standard error at those counts. */
  readonly logError: number;
  /** The change that those counts find, where they find any. */
  readonly logDetectable: number | undefined;
  readonly level: number;
  /** The change to find in four of five judgements. */
  readonly logChange: number;
}

const FEWEST_CANDIDATES = 3;
const FEWEST_BASELINES = 10;
const MOST_CANDIDATES = 50;

/**
 * About how many runs would find a change, in words: at least three candidates
 * and ten baselines, then two baselines a candidate. By the formula of
 * textbooks, corrected by what it is off at the counts there are.
 */
export function runsNeeded(
  { counts, logError, logDetectable, level, logChange }: Wanted,
  tables: Tables,
): string {
  const deviation = logError / errorFactor(counts);
  const changeOf = (of: RunCounts) => {
    const { judged } = freedomOf(of);
    const quantiles = tables.tQuantile(level / 2, judged) +
      tables.tQuantile(1 - POWER, judged);
    return quantiles * deviation * errorFactor(of);
  };
  const correction = counts.candidates > 1 && logDetectable !== undefined
    ? logDetectable / changeOf(counts)
    : 1;
  for (
    let candidates = Math.max(FEWEST_CANDIDATES, counts.candidates + 1);
    candidates <= MOST_CANDIDATES;
    candidates++
  ) {
    const baselines = Math.max(
      FEWEST_BASELINES,
      counts.baselines,
      2 * candidates,
    );
    const then = { ...counts, baselines, candidates };
    if (correction * changeOf(then) <= logChange) {
      return `about ${candidates} candidates and ${baselines} baselines`;
    }
  }
  return `more than ${MOST_CANDIDATES} candidates, or calmer runs,`;
}
