import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { tUpperQuantile } from "../../../src/judge/distributions/student_t.ts";
import { Random } from "../../../src/judge/random.ts";
import { shiftOf } from "../../../src/judge/rows/shift.ts";
import { Tables } from "../../../src/judge/rows/tables.ts";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";

const LEVEL = 1e-3;

/** How often the smallest change is found of normal runs drawn afresh. */
function foundShare(
  baselines: number,
  candidates: number,
  calibrationFreedom: number,
): number {
  const tables = new Tables();
  const counts = { baselines, candidates, calibrationFreedom };
  const units = runAtOnce(tables.smallestChange(counts, LEVEL))!;
  const random = new Random(99);
  const draw = (count: number) =>
    Float64Array.from({ length: count }, () => random.normal());
  let found = 0;
  const draws = 2000;
  for (let i = 0; i < draws; i++) {
    let squares = 0;
    for (let j = 0; j < calibrationFreedom; j++) {
      squares += random.normal() ** 2;
    }
    const calibrated = calibrationFreedom === 0 ? undefined : {
      logVariance: squares / calibrationFreedom,
      freedom: calibrationFreedom,
    };
    const before = draw(baselines);
    const after = draw(candidates);
    const { logErrorUnchanged } = shiftOf(before, after, calibrated);
    const moved = after.map((it) => it + units * logErrorUnchanged!);
    const { logChange, probability } = shiftOf(before, moved, calibrated);
    if (logChange > 0 && probability <= LEVEL) found++;
  }
  return found / draws;
}

Deno.test("Tables.smallestChange() is found in four of five judgements", () => {
  const cases = [
    [5, 1, 0],
    [10, 1, 0],
    [3, 2, 0],
    [5, 3, 0],
    [10, 3, 0],
    [17, 4, 0],
    [10, 3, 19],
    [1, 1, 19],
  ] as const;
  for (const [baselines, candidates, calibration] of cases) {
    const share = foundShare(baselines, candidates, calibration);
    assert(
      Math.abs(share - 0.8) < 0.035,
      `${baselines}, ${candidates}, ${calibration}: ${share}`,
    );
  }
});

Deno.test("Tables.smallestChange() is none where nothing tells the spread", () => {
  const counts = { baselines: 1, candidates: 1, calibrationFreedom: 0 };
  assertEquals(
    runAtOnce(new Tables().smallestChange(counts, LEVEL)),
    undefined,
  );
});

Deno.test("Tables.smallestChange() is the same for the same counts", () => {
  const counts = { baselines: 10, candidates: 3, calibrationFreedom: 0 };
  const [first, second] = [1, 2].map(() =>
    runAtOnce(new Tables().smallestChange(counts, LEVEL))
  );
  assertEquals(first, second);
});

Deno.test("Tables.tQuantile() remembers what tUpperQuantile() gives", () => {
  const tables = new Tables();
  for (let i = 0; i < 2; i++) {
    assertAlmostEquals(
      tables.tQuantile(0.01, 4.5),
      tUpperQuantile(0.01, 4.5),
      0,
    );
  }
});
