import { type LatencyCollector, RunStore } from "@astraguard/hil-metrics";
import type { Injection } from "../../src/judge/figures/injection.ts";
import {
  type RunFigures,
  runFigures,
} from "../../src/judge/figures/run_figures.ts";
import { Random } from "../../src/judge/random.ts";
import { columnsOf } from "../../src/record/latency_collector.ts";
import { runAtOnce } from "../../src/event_loop/sliced.ts";
import { type NoiseKind, simulateRun } from "./noise_kinds.ts";

/** The slow-downs that are put into runs. */
export const SLOW_DOWNS = {
  "+5 %": { factor: 1.05, metricType: "agent_decision" },
  "+10 %": { factor: 1.1, metricType: "agent_decision" },
  "+30 %": { factor: 1.3, metricType: "agent_decision" },
  "tail +50 %": {
    factor: 1.5,
    metricType: "agent_decision",
    aboveQuantile: 0.95,
  },
} as const satisfies Record<string, Injection>;

/** The name of a slow-down; `"none"` of none. */
export type SlowDown = keyof typeof SLOW_DOWNS | "none";

/** All of them, the unchanged first. */
export const ALL_SLOW_DOWNS: readonly SlowDown[] = [
  "none",
  ...Object.keys(SLOW_DOWNS) as (keyof typeof SLOW_DOWNS)[],
];

/** A run as it is, and slowed down. */
export interface PooledRun {
  readonly figures: Readonly<Record<SlowDown, RunFigures>>;
  /** Durations of each metric in ascending order, for rank tests. */
  readonly sortedMs: ReadonlyMap<string, Float64Array> | undefined;
}

/** Unchanged runs of one kind of noise, to draw judgements from. */
export interface RunPool {
  readonly name: string;
  readonly isReal: boolean;
  readonly runs: readonly PooledRun[];
  /** Runs of an agent that really was slowed down, by the name of their set. */
  readonly slowed: ReadonlyMap<string, readonly PooledRun[]>;
}

/** Measurements of each metric and satellite in a simulated run. */
const PER_SERIES = 400;

/** Runs whose durations are kept: 8 bytes each. */
const SORTED_RUNS = 120;

const UNCHANGED = "unchanged";

/** Simulates a pool; judgements are drawn from it without replacement. */
export function simulatePool(
  kind: NoiseKind,
  count: number,
  seed: number,
  slowDowns: readonly SlowDown[] = ALL_SLOW_DOWNS,
): RunPool {
  const random = new Random(seed);
  const runs = Array.from(
    { length: count },
    (_, i) =>
      pooled(
        simulateRun(kind, PER_SERIES, random),
        i < SORTED_RUNS,
        slowDowns,
      ),
  );
  return { name: kind.name, isReal: false, runs, slowed: new Map() };
}

/**
 * Reads a pool from a directory of results directories: `unchanged`, and
 * others whose agent was slowed down.
 */
export async function readPool(directory: string): Promise<RunPool> {
  const slowed = new Map<string, PooledRun[]>();
  for await (const { name, isDirectory } of Deno.readDir(directory)) {
    if (isDirectory) slowed.set(name, await readRuns(`${directory}/${name}`));
  }
  const runs = slowed.get(UNCHANGED) ?? [];
  slowed.delete(UNCHANGED);
  const name = directory.replace(/\/+$/, "").split("/").at(-1)!;
  return { name, isReal: true, runs, slowed };
}

async function readRuns(resultsDir: string): Promise<PooledRun[]> {
  const store = new RunStore(resultsDir);
  const ids = await store.recentRuns({ limit: Infinity, orderBy: "name" });
  const runs: PooledRun[] = [];
  for (const id of ids.toReversed()) {
    runs.push(pooled(
      await store.run(id).loadMeasurements(),
      true,
      ALL_SLOW_DOWNS,
    ));
  }
  return runs;
}

function pooled(
  collector: LatencyCollector,
  isSorted: boolean,
  slowDowns: readonly SlowDown[],
): PooledRun {
  const columns = columnsOf(collector).snapshot();
  const figures = slowDowns.map((name) => {
    const injection = name === "none" ? undefined : SLOW_DOWNS[name];
    return [name, runAtOnce(runFigures(columns, { injection }))] as const;
  });
  return {
    figures: Object.fromEntries(figures) as Record<SlowDown, RunFigures>,
    sortedMs: isSorted ? sortedOf(collector) : undefined,
  };
}

function sortedOf(collector: LatencyCollector): Map<string, Float64Array> {
  const byType = Map.groupBy(collector, ({ metricType }) => metricType);
  return new Map(
    [...byType].map(([metricType, measurements]) => [
      metricType,
      Float64Array.from(measurements, ({ durationMs }) => durationMs).sort(),
    ]),
  );
}
