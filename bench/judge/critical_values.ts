/**
 * Draws the critical values of change points: what 98 % of unchanged histories
 * whose neighbours correlate by 0.3 stay below. Prints the tables of
 * `src/judge/trend/critical_values.ts`.
 *
 *     deno run bench/judge/critical_values.ts [DRAWS]
 *
 * @module
 */
import { Random } from "../../src/judge/random.ts";
import { bestInterval, bestSplit } from "../../src/judge/trend/best_cut.ts";
import { normalScores } from "../../src/judge/trend/normal_scores.ts";
import { simulateHistory } from "./simulate_history.ts";

const LENGTHS = [10, 12, 15, 20, 25, 30, 40, 50, 75, 100, 150, 200, 300, 500];
const MIN_SEGMENT = 5;
const QUANTILE = 0.98;

if (import.meta.main) {
  const draws = Number(Deno.args[0] ?? 20_000);
  for (const length of LENGTHS) {
    const random = new Random(length);
    const splits = new Float64Array(draws);
    const intervals = new Float64Array(draws);
    for (let i = 0; i < draws; i++) {
      const scores = normalScores(
        simulateHistory({ kind: "AR(1) 0.3", length, random }),
      );
      splits[i] = bestSplit(scores, MIN_SEGMENT)!.statistic;
      intervals[i] = bestInterval(scores, MIN_SEGMENT)?.statistic ?? 0;
    }
    const at = Math.ceil(QUANTILE * draws) - 1;
    console.log(
      `  [${length}, ${splits.sort()[at]!.toFixed(2)}, ${
        intervals.sort()[at]!.toFixed(2)
      }],`,
    );
  }
}
