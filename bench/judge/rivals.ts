import { meanOf, squaresAround } from "../../src/judge/centre_and_spread.ts";
import { tTwoSided } from "../../src/judge/distributions/student_t.ts";
import type { DrawnSet } from "./drawn_set.ts";
import type { PooledRun, SlowDown } from "./run_pool.ts";

/** A rule of others: whether it says that something changed. */
export interface Rival {
  readonly name: string;
  readonly isAlarm: (set: DrawnSet, slowDown: SlowDown) => boolean;
}

const METRICS = ["fault_detection", "agent_decision", "recovery_action"];
const FIGURES = ["mean", "p50", "p95"] as const;
const LEVEL = 0.05;
const THRESHOLD = 0.1;
const OTAVA_LEVEL = 0.001;

/**
 * The rules, in their usual form: on all samples, or one value a run.
 *
 * Rank tests count slow-downs of whole runs by their factor; of the tail they
 * are not asked.
 */
export const RIVALS: readonly Rival[] = [
  {
    name: "rank test on samples, Holm 5 %",
    isAlarm: (set, slowDown) =>
      holm(METRICS.map((it) => rankTestOfSamples(set, it, slowDown)), LEVEL),
  },
  {
    name: "benchstat's rule (U test of run means, 5 %)",
    isAlarm: (set, slowDown) =>
      METRICS.some((metric) => {
        const [before, after] = valuesOf(set, metric, "mean", slowDown);
        return exactRankTest(before, after) < LEVEL;
      }),
  },
  {
    name: "10 % on mean, p50, p95",
    isAlarm: (set, slowDown) =>
      everyValue(set, slowDown).some(([before, after]) =>
        Math.abs(meanOf(after) - meanOf(before)) > Math.log(1 + THRESHOLD)
      ),
  },
  {
    name: "energy split, then t at .001 (like Otava)",
    isAlarm: (set, slowDown) =>
      everyValue(set, slowDown).some(([before, after]) => {
        const values = Float64Array.of(...before, ...after);
        const from = energySplit(values, 2);
        return from !== undefined &&
          tTest(values.subarray(0, from), values.subarray(from)) < OTAVA_LEVEL;
      }),
  },
];

function everyValue(
  set: DrawnSet,
  slowDown: SlowDown,
): [Float64Array, Float64Array][] {
  return METRICS.flatMap((metric) =>
    FIGURES.map((figure) => valuesOf(set, metric, figure, slowDown))
  );
}

/** Logarithms of a figure of each run. */
function valuesOf(
  { baselines, candidates }: DrawnSet,
  metric: string,
  figure: typeof FIGURES[number],
  slowDown: SlowDown,
): [Float64Array, Float64Array] {
  const logOf = (run: PooledRun, of: SlowDown) =>
    Math.log(
      run.figures[of].groups.get(metric)!.get(undefined)!.values[figure],
    );
  return [
    Float64Array.from(baselines, (it) => logOf(it, "none")),
    Float64Array.from(candidates, (it) => logOf(it, slowDown)),
  ];
}

/** Two-sided p of the pooled t test; 1 where there is no spread to go by. */
export function tTest(before: Float64Array, after: Float64Array): number {
  const [a, b] = [meanOf(before), meanOf(after)];
  const freedom = before.length + after.length - 2;
  const squares = squaresAround(before, a) + squaresAround(after, b);
  if (!(freedom > 0) || squares === 0) return 1;
  const error = Math.sqrt(
    squares / freedom * (1 / before.length + 1 / after.length),
  );
  return tTwoSided((b - a) / error, freedom);
}

/**
 * The split with the greatest energy distance (D. S. Matteson and N. A. James,
 * https://arxiv.org/abs/1306.4933), with so many values on each side at least.
 */
export function energySplit(
  values: Float64Array,
  fewest: number,
): number | undefined {
  const count = values.length;
  if (count < 2 * fewest) return undefined;
  const distance = (i: number, j: number) => Math.abs(values[i]! - values[j]!);
  // Sums of distances within the first part, within the second, and between.
  let [within, rest, between] = [0, 0, 0];
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) rest += distance(i, j);
  }
  let best = -Infinity;
  let found = fewest;
  for (let n = 1; n <= count - fewest; n++) {
    for (let j = 0; j < n - 1; j++) {
      within += distance(n - 1, j);
      between -= distance(n - 1, j);
    }
    for (let j = n; j < count; j++) {
      rest -= distance(n - 1, j);
      between += distance(n - 1, j);
    }
    const m = count - n;
    if (n < fewest) continue;
    const energy = 2 * between / (n * m) -
      2 * within / (n * Math.max(n - 1, 1)) -
      2 * rest / (m * Math.max(m - 1, 1));
    const scaled = energy * n * m / count;
    if (scaled > best) [best, found] = [scaled, n];
  }
  return found;
}

/** Whether Holm's procedure rejects any hypothesis: the least p decides. */
function holm(probabilities: readonly number[], level: number): boolean {
  return Math.min(...probabilities) <= level / probabilities.length;
}

/** Counts of pairs in which the second is greater, by the two arrays. */
const pairCounts = new WeakMap<Float64Array, Map<string, number>>();
const arrayIds = new WeakMap<Float64Array, number>();
let arrays = 0;

function rankTestOfSamples(
  { baselines, candidates }: DrawnSet,
  metric: string,
  slowDown: SlowDown,
): number {
  const before = baselines.map(({ sortedMs }) => sortedMs!.get(metric)!);
  const after = candidates.map(({ sortedMs }) => sortedMs!.get(metric)!);
  const factor = metric !== "agent_decision" || slowDown === "none"
    ? 1
    : 1 + Number.parseFloat(slowDown.slice(1)) / 100;
  const n = before.reduce((sum, it) => sum + it.length, 0);
  const m = after.reduce((sum, it) => sum + it.length, 0);
  let u = 0;
  for (const x of before) {
    for (const y of after) u += countGreater(x, y, factor);
  }
  const deviation = Math.sqrt(n * m * (n + m + 1) / 12);
  const z = Math.max(Math.abs(u - n * m / 2) - 0.5, 0) / deviation;
  // Student's t with as many degrees is the normal distribution.
  return tTwoSided(z, 1e7);
}

/** Pairs in which `factor * y` is greater than `x`, ties by half. */
function countGreater(
  x: Float64Array,
  y: Float64Array,
  factor: number,
): number {
  let known = pairCounts.get(x);
  if (known === undefined) pairCounts.set(x, known = new Map());
  if (!arrayIds.has(y)) arrayIds.set(y, arrays++);
  const key = `${arrayIds.get(y)} ${factor}`;
  let count = known.get(key);
  if (count === undefined) {
    count = 0;
    let [less, atMost] = [0, 0];
    for (const value of y) {
      const scaled = factor * value;
      while (less < x.length && x[less]! < scaled) less++;
      while (atMost < x.length && x[atMost]! <= scaled) atMost++;
      count += (less + atMost) / 2;
    }
    known.set(key, count);
  }
  return count;
}

/**
 * Two-sided p of the rank sum test, exact: by the number of arrangements whose
 * U is as far from its middle (H. B. Mann and D. R. Whitney, 1947,
 * https://doi.org/10.1214/aoms/1177730491).
 */
export function exactRankTest(x: Float64Array, y: Float64Array): number {
  let u = 0;
  for (const a of x) for (const b of y) u += a < b ? 1 : a === b ? 0.5 : 0;
  const counts = arrangements(x.length, y.length);
  const total = counts.reduce((sum, it) => sum + it, 0);
  const least = Math.min(u, x.length * y.length - u);
  let below = 0;
  for (let i = 0; i <= Math.floor(least); i++) below += counts[i]!;
  return Math.min(1, 2 * below / total);
}

const knownArrangements = new Map<string, number[]>();

/** How many arrangements of `n` and `m` values have each U. */
function arrangements(n: number, m: number): number[] {
  if (n === 0 || m === 0) return [1];
  const key = `${n} ${m}`;
  let counts = knownArrangements.get(key);
  if (counts === undefined) {
    // The greatest value is one of the n, above all m, or one of the m.
    const first = arrangements(n - 1, m);
    const second = arrangements(n, m - 1);
    counts = Array.from(
      { length: n * m + 1 },
      (_, u) => (first[u - m] ?? 0) + (second[u] ?? 0),
    );
    knownArrangements.set(key, counts);
  }
  return counts;
}
