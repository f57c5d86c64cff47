import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { changePoints, type HistoryPoint } from "@astraguard/hil-metrics/judge";
import { Random } from "../../../src/judge/random.ts";
import { bestInterval, bestSplit } from "../../../src/judge/trend/best_cut.ts";
import { normalScores } from "../../../src/judge/trend/normal_scores.ts";
import { estimateRatio } from "../../../src/judge/trend/ratio_estimate.ts";

/** Runs of 2 % noise whose level is multiplied from an index on. */
function history(
  length: number,
  seed: number,
  level: (index: number) => number = () => 1,
): HistoryPoint[] {
  const random = new Random(seed);
  return Array.from({ length }, (_, i) => ({
    runId: `run_${i}`,
    value: 100 * level(i) * Math.exp(0.02 * random.normal()),
  }));
}

Deno.test("changePoints() finds the first run, the size and its interval", () => {
  const [point, ...more] = changePoints(
    history(60, 12, (i) => i < 25 ? 1 : 1.1),
  );
  assertEquals(more, []);
  assertEquals([point!.index, point!.runId], [25, "run_25"]);
  assertAlmostEquals(point!.change, 1.1, 0.02);
  assert(point!.interval[0] < 1.1 && 1.1 < point!.interval[1]);
  assertAlmostEquals(point!.before, 100, 2);
  assertAlmostEquals(point!.after, 110, 2);
  assertEquals(point!.mayMove, false);
  assert(point!.text.endsWith("from run_25 on"));
});

Deno.test("the interval of a change holds it in about 95 of 100 histories", () => {
  let [found, held] = [0, 0];
  for (let seed = 1000; seed < 1300; seed++) {
    const points = changePoints(history(60, seed, (i) => i < 25 ? 1 : 1.1));
    if (points.length !== 1) continue;
    found++;
    const [low, high] = points[0]!.interval;
    if (low <= 1.1 && 1.1 <= high) held++;
  }
  assert(found > 270, `${found}`);
  assert(held / found > 0.9, `${held} of ${found}`);
});

Deno.test("changePoints() gives two points for regressed, then fixed", () => {
  const found = changePoints(
    history(80, 2, (i) => i >= 30 && i < 50 ? 1.12 : 1),
  );
  assertEquals(found.map((it) => it.index), [30, 50]);
  assert(found[0]!.change > 1 && found[1]!.change < 1);
});

Deno.test("changePoints() finds nothing in unchanged histories, as a rule", () => {
  let alarms = 0;
  for (let seed = 0; seed < 200; seed++) {
    if (changePoints(history(50, seed)).length > 0) alarms++;
  }
  assert(alarms <= 10, `${alarms} of 200`);
});

Deno.test("changePoints() is not led astray by outliers", () => {
  const points = history(50, 4);
  for (const i of [10, 11, 30]) {
    points[i] = { ...points[i]!, value: 5000 };
  }
  assertEquals(changePoints(points), []);
});

Deno.test("a point near the end says that it may move", () => {
  const [point] = changePoints(history(50, 5, (i) => i < 43 ? 1 : 1.2));
  assertEquals([point!.index, point!.mayMove], [43, true]);
  assert(point!.text.includes("may move"));
});

Deno.test("other labels or a gap in time alone are no change", () => {
  const points = history(40, 6).map((point, i) => ({
    ...point,
    timestamp: new Date(i < 20 ? i * 1000 : 1e12 + i * 1000),
    labels: { firmware: i < 20 ? "1" : "2" },
  }));
  assertEquals(changePoints(points), []);
});

Deno.test("changePoints() refuses a history that goes backwards", () => {
  const points = history(40, 6).map((point, i) => ({
    ...point,
    timestamp: 1000 + 10 * i,
  }));
  // Local time goes back by an hour in autumn.
  points[20]!.timestamp -= 500;
  assertEquals(changePoints(points), []);
  assertThrows(
    () => changePoints(points.toReversed()),
    RangeError,
    "The history goes backwards",
  );
});

Deno.test("a step between values that are the same to the digit is exact", () => {
  const steps = [1, 2, 1].flatMap((it) => new Array<number>(10).fill(it));
  assertEquals(
    changePoints(steps).map((it) => [it.index, it.change, ...it.interval]),
    [[10, 2, 2, 2], [20, 0.5, 0.5, 0.5]],
  );
});

Deno.test("changePoints() keeps to its least segment and magnitude", () => {
  const points = history(60, 21, (i) => i >= 20 && i < 28 ? 1.5 : 1);
  assertEquals(changePoints(points).map((it) => it.index), [20, 28]);
  const coarse = changePoints(points, { minSegment: 12 });
  assertEquals(coarse.map((it) => it.index), [20, 32]);
  const small = history(100, 8, (i) => i < 50 ? 1 : 1.05);
  assertEquals(changePoints(small, { minMagnitude: 0.03 }).length, 1);
  assertEquals(changePoints(small, { minMagnitude: 0.1 }), []);
});

Deno.test("changePoints() takes numbers, and needs ten of them", () => {
  const values = [1, 1, 1, 1, 1, 2, 2, 2, 2];
  assertEquals(changePoints(values), []);
  assertEquals(changePoints([]), []);
  const noisy = history(30, 9, (i) => i < 15 ? 1 : 2).map((it) => it.value);
  assertEquals(changePoints(noisy)[0]!.index, 15);
  assertEquals(changePoints(noisy)[0]!.runId, undefined);
});

Deno.test("changePoints() does not care for the unit", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 1, max: 1000, noNaN: true }), { maxLength: 60 }),
    (values) => {
      const indexes = (of: number[]) => changePoints(of).map((it) => it.index);
      // A power of two changes no digit.
      assertEquals(indexes(values.map((it) => it * 1024)), indexes(values));
    },
  ));
});

Deno.test("changePoints() refuses what is no history", () => {
  const cases: [unknown, unknown, new (message: string) => Error][] = [
    [5, {}, TypeError],
    [["1"], {}, TypeError],
    [[{ value: "1" }], {}, TypeError],
    [[null], {}, TypeError],
    [[0], {}, RangeError],
    [[NaN], {}, RangeError],
    [[1], { minSegment: 4 }, RangeError],
    [[1], { minSegment: 5.5 }, RangeError],
    [[1], { minMagnitude: -1 }, RangeError],
    [[1], { minMagnitude: "1" }, TypeError],
    [[{ value: 1, timestamp: "then" }], {}, RangeError],
  ];
  for (const [given, options, kind] of cases) {
    assertThrows(
      () => changePoints(given as number[], options as { minSegment: number }),
      kind,
    );
  }
});

/** |t| of two groups, pooled. */
function naiveT(inside: number[], outside: number[]): number {
  const mean = (of: number[]) => of.reduce((a, b) => a + b, 0) / of.length;
  const [a, b] = [mean(inside), mean(outside)];
  const squares = inside.reduce((s, it) => s + (it - a) ** 2, 0) +
    outside.reduce((s, it) => s + (it - b) ** 2, 0);
  const variance = squares / (inside.length + outside.length - 2);
  return Math.abs(a - b) /
    Math.sqrt(variance * (1 / inside.length + 1 / outside.length));
}

Deno.test("bestSplit() and bestInterval() have the greatest |t| of all", () => {
  for (let seed = 0; seed < 20; seed++) {
    const scores = normalScores(
      Float64Array.from(history(24, seed), (it) => it.value),
    );
    const at = (from: number, to: number) =>
      naiveT(
        [...scores.slice(from, to)],
        [...scores.slice(0, from), ...scores.slice(to)],
      );
    const splits: number[] = [];
    for (let i = 5; i <= 19; i++) splits.push(at(i, 24));
    const split = bestSplit(scores, 5)!;
    assertAlmostEquals(
      split.statistic * split.inflation,
      Math.max(...splits),
      1e-9,
    );
    assertAlmostEquals(at(split.from, 24), Math.max(...splits), 1e-9);
    const intervals: number[] = [];
    for (let i = 5; i <= 14; i++) {
      for (let j = i + 5; j <= 19; j++) intervals.push(at(i, j));
    }
    const interval = bestInterval(scores, 5)!;
    assertAlmostEquals(
      at(interval.from, interval.to),
      Math.max(...intervals),
      1e-9,
    );
  }
});

Deno.test("normalScores() ranks, ties by their mean rank", () => {
  const scores = normalScores(Float64Array.of(30, 10, 20, 20));
  assertAlmostEquals(scores[2]!, 0, 1e-15);
  assertEquals(scores[2], scores[3]);
  assertAlmostEquals(scores[0]!, 0.8416212335729143, 1e-12);
  assertAlmostEquals(scores[1]!, -0.8416212335729143, 1e-12);
});

Deno.test("estimateRatio() is Hodges and Lehmann's estimate with the interval of the rank sum test", () => {
  // Permeability of placentas, Hollander and Wolfe 1973, table 4.1: R prints
  // the estimate 0.305 and the interval from -0.15 to 0.76.
  const atTerm = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const early = [1.15, 0.88, 0.9, 0.74, 1.21];
  const { change, interval } = estimateRatio(
    Float64Array.from(early),
    Float64Array.from(atTerm),
    1,
  );
  assertAlmostEquals(Math.log(change), 0.305, 1e-9);
  assertAlmostEquals(Math.log(interval[0]), -0.15, 1e-9);
  assertAlmostEquals(Math.log(interval[1]), 0.76, 1e-9);
});
