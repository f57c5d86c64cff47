import { assert, assertEquals } from "@std/assert";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { ALARM_LEVEL } from "../../../src/judge/rows/levels.ts";
import {
  aboutSmallestChange,
  runsNeeded,
} from "../../../src/judge/rows/runs_needed.ts";
import { errorFactor } from "../../../src/judge/rows/shift.ts";
import { Tables } from "../../../src/judge/rows/tables.ts";

const LEVEL = ALARM_LEVEL / 10;

/** What it says of so many runs that differ by 5 %. */
function needed(
  baselines: number,
  candidates: number,
  change: number,
): string {
  const counts = { baselines, candidates, calibrationFreedom: 0 };
  const logError = 0.05 * errorFactor(counts);
  const logChange = Math.log(change);
  return runsNeeded(
    { counts, logError, level: LEVEL, logChange },
    new Tables(),
  );
}

Deno.test("runsNeeded() asks for baselines, and for three to five candidates", () => {
  assertEquals(needed(3, 1, 1.3), "about 3 candidates and 10 baselines");
  assertEquals(needed(3, 3, 1.3), "about 3 candidates and 10 baselines");
  assertEquals(needed(2, 10, 1.3), "about 10 candidates and 10 baselines");
  assertEquals(needed(10, 3, 1.2), "about 4 candidates and 10 baselines");
  assertEquals(needed(10, 3, 1.185), "about 3 candidates and 17 baselines");
  assertEquals(needed(10, 3, 1.1), "calmer runs alone");
});

Deno.test("runsNeeded() errs by a twentieth too few at most, and a fifth too many", () => {
  const tables = new Tables();
  for (const baselines of [10, 13, 20, 30, 50]) {
    for (const candidates of [3, 4, 5, 10]) {
      for (const calibrationFreedom of [0, 19]) {
        const counts = { baselines, candidates, calibrationFreedom };
        const units = runAtOnce(tables.smallestChange(counts, LEVEL))!;
        const ratio = aboutSmallestChange(counts, LEVEL, tables) /
          (units * errorFactor(counts));
        assert(
          ratio > 0.95 && ratio < 1.2,
          `${Deno.inspect(counts)}: ${ratio}`,
        );
      }
    }
  }
});
