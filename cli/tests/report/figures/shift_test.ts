import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import {
  type RunSample,
  takeSample,
} from "../../../src/report/figures/run_sample.ts";
import { shiftOf } from "../../../src/report/figures/shift.ts";
import { tQuantile } from "../../../src/report/figures/t_quantile.ts";
import { Pace } from "../../../src/event_loop/pace.ts";
import { rowsOf, runOf } from "./_rows.ts";

async function sampleOf(durationsMs: Iterable<number>): Promise<RunSample> {
  return await takeSample(
    runOf({}),
    [rowsOf("SAT1", durationsMs)],
    new Pace(),
  );
}

/** A generator of numbers between 0 and 1, the same in every run. */
function* drawn(seed: number, count: number): Generator<number> {
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

Deno.test("shiftOf() of several runs has the interval of Student's pooled t test on logarithms", async () => {
  const baselines = await Promise.all(
    [10, 11, 12, 13].map((it) => sampleOf([it])),
  );
  const candidates = await Promise.all(
    [20, 21, 22, 23].map((it) => sampleOf([it])),
  );
  const { change, interval: [low, high] } = shiftOf(
    baselines,
    candidates,
    "mean",
  )!;
  // By Python's statistics.mean() and variance() of the logarithms.
  assertAlmostEquals(change, 1.875947288, 1e-8);
  const error = (Math.log(high) - Math.log(low)) / 2 / tQuantile(6);
  assertAlmostEquals(error, 0.063975730, 1e-8);
});

Deno.test("shiftOf() of two runs covers the truth in 19 of 20 pairs, or somewhat more", async () => {
  let covered = 0;
  const pairs = 400;
  for (let i = 0; i < pairs; i++) {
    const [baseline, candidate] = await Promise.all([
      sampleOf([...drawn(2 * i, 300)].map((it) => 10 - Math.log(it))),
      sampleOf([...drawn(2 * i + 1, 300)].map((it) => 20 - 2 * Math.log(it))),
    ]);
    const { interval: [low, high] } = shiftOf([baseline], [candidate], 0.9)!;
    if (low <= 2 && 2 <= high) covered++;
  }
  assert(covered / pairs >= 0.92, `${covered}`);
  assert(covered / pairs <= 0.99, `${covered}`);
});

Deno.test("shiftOf() has a wider interval where neighbours are alike", async () => {
  const independent = [...drawn(1, 600)].map((it) => 10 + it);
  const alike = independent.toSorted();
  const widthOf = async (values: number[]) => {
    const sample = await sampleOf(values);
    const [low, high] = shiftOf([sample], [sample], 0.5)!.interval;
    return high - low;
  };
  assert(await widthOf(alike) > 3 * await widthOf(independent));
});

Deno.test("shiftOf() knows no ratio to 0", async () => {
  const zero = await sampleOf([0, 0, 0]);
  const one = await sampleOf([1, 1, 1]);
  assertEquals(shiftOf([zero], [one], 0.5), undefined);
  assertEquals(shiftOf([one], [zero], 0.5), undefined);
});

Deno.test("tQuantile() is that of tables", () => {
  for (
    const [freedom, wanted] of [
      [1, 12.706],
      [10, 2.228],
      [30, 2.042],
      [31, 2.0395],
      [40, 2.0211],
      [100, 1.984],
      [1e6, 1.96],
    ] as const
  ) assertAlmostEquals(tQuantile(freedom), wanted, 1e-3, `${freedom}`);
});
