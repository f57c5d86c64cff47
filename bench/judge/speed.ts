import type { LatencyCollector } from "@astraguard/hil-metrics";
import {
  judge,
  type JudgeOptions,
  judgeSync,
} from "@astraguard/hil-metrics/judge";
import { watchLoop } from "../lib/measure/watch_loop.ts";
import { Random } from "../../src/judge/random.ts";
import { NOISE_KINDS, simulateRun } from "./noise_kinds.ts";

/** Something that was timed. */
export interface SpeedFigure {
  readonly what: string;
  readonly ms: number;
}

const ROUNDS = 5;
const SERIES = 9;

/** SciPy's rank test of two runs, all metrics as one sample. */
const RANK_TEST = `
import numpy, time
from scipy import stats
rng = numpy.random.default_rng(1)
x, y = numpy.exp(rng.standard_normal((2, ROWS)))
times = []
for _ in range(5):
    start = time.perf_counter()
    stats.mannwhitneyu(x, y)
    times.append(time.perf_counter() - start)
print(1000 * sorted(times)[2])
`;

/** Times judgements of large runs, beside SciPy where it is installed. */
export async function measureSpeed(rows: number): Promise<SpeedFigure[]> {
  const two = setOf(1, 1, rows);
  const ten = setOf(10, 1, rows / 100);
  const figures = [
    ...await timesOf(`2 runs of ${count(rows)}`, two),
    ...await timesOf(
      `10 baselines and a candidate of ${count(rows / 100)}`,
      ten,
    ),
  ];
  const rankTestMs = await timeRankTest(rows);
  if (rankTestMs !== undefined) {
    figures.push({
      what: `SciPy's mannwhitneyu() of ${count(rows)} and as many values`,
      ms: rankTestMs,
    });
  }
  return figures;
}

function setOf(
  baselines: number,
  candidates: number,
  rows: number,
): JudgeOptions {
  const random = new Random(1);
  const run = (): LatencyCollector =>
    simulateRun(NOISE_KINDS[0]!, Math.round(rows / SERIES), random);
  return {
    baselines: Array.from({ length: baselines }, run),
    candidates: Array.from({ length: candidates }, run),
  };
}

async function timesOf(
  what: string,
  options: JudgeOptions,
): Promise<SpeedFigure[]> {
  const first = time(() => judgeSync(options));
  const sync = median(
    Array.from({ length: ROUNDS }, () => time(() => judgeSync(options))),
  );
  const asynchronous: number[] = [];
  let [workMs, pauseMs] = [0, 0];
  for (let i = 0; i < ROUNDS; i++) {
    const pauses = await watchLoop(() => judge(options));
    asynchronous.push(pauses.spentMs);
    workMs = Math.max(workMs, pauses.workMs);
    pauseMs = Math.max(pauseMs, pauses.pauseMs);
  }
  return [
    { what: `judgeSync(), ${what}, the first of the process`, ms: first },
    { what: `judgeSync(), ${what}`, ms: sync },
    { what: `judge(), ${what}`, ms: median(asynchronous) },
    { what: `judge(), ${what}: most work between two turns`, ms: workMs },
    { what: `the same with what other processes took meanwhile`, ms: pauseMs },
  ];
}

async function timeRankTest(rows: number): Promise<number | undefined> {
  try {
    const { code, stdout } = await new Deno.Command("python3", {
      args: ["-c", RANK_TEST.replace("ROWS", String(rows))],
      stderr: "null",
    }).output();
    if (code === 0) return Number(new TextDecoder().decode(stdout));
  } catch {
    // No Python: its row is left out.
  }
  console.error("Without SciPy for python3, its rank test is not timed");
  return undefined;
}

function time(work: () => void): number {
  const startMs = performance.now();
  work();
  return performance.now() - startMs;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!;
}

function count(value: number): string {
  return value.toLocaleString("en");
}
