import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import fc from "fast-check";
import { LatencyCollector, type Measurement } from "@astraguard/hil-metrics";
import type { Injection } from "../../../src/judge/figures/injection.ts";
import {
  type RunFigures,
  runFigures,
} from "../../../src/judge/figures/run_figures.ts";
import { Random } from "../../../src/judge/random.ts";
import { columnsOf } from "../../../src/record/latency_collector.ts";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { REFERENCE } from "../_reference.ts";

const STAGES = ["fault_detection", "agent_decision", "recovery_action"];

function figuresOf(
  collector: LatencyCollector,
  injection?: Injection,
): RunFigures {
  return runAtOnce(
    runFigures(columnsOf(collector).snapshot(), {
      injection,
      quantiles: [0.9],
    }),
  );
}

function collect(measurements: readonly Measurement[]): LatencyCollector {
  const collector = new LatencyCollector();
  for (const it of measurements) collector.record(it);
  return collector;
}

/** Interpolated, by its definition. */
function naiveQuantile(durationsMs: readonly number[], q: number): number {
  const sorted = durationsMs.toSorted((a, b) => a - b);
  const at = (sorted.length - 1) * q;
  const low = sorted[Math.floor(at)]!;
  return low + (at - Math.floor(at)) * (sorted[Math.ceil(at)]! - low);
}

function naiveFigures(durationsMs: readonly number[]) {
  const sorted = durationsMs.toSorted((a, b) => b - a);
  const tail = sorted.slice(0, Math.ceil(0.05 * sorted.length));
  const mean = (of: readonly number[]) =>
    of.reduce((sum, it) => sum + it, 0) / of.length;
  return {
    mean: mean(durationsMs),
    p50: naiveQuantile(durationsMs, 0.5),
    p95: naiveQuantile(durationsMs, 0.95),
    p99: naiveQuantile(durationsMs, 0.99),
    max: sorted[0]!,
    tail: mean(tail) / naiveQuantile(durationsMs, 0.5),
  };
}

/** Chains by looking through everything: the first that is left belongs to it. */
function naiveChains(measurements: readonly Measurement[]) {
  const left = [...measurements];
  const chains: { satelliteId: string; durationMs: number }[] = [];
  for (const first of measurements) {
    if (first.metricType !== STAGES[0]) continue;
    const rest = STAGES.slice(1).map((stage) =>
      left.findIndex((it) =>
        it.metricType === stage && it.satelliteId === first.satelliteId &&
        it.scenarioTimeS === first.scenarioTimeS
      )
    );
    if (rest.includes(-1)) continue;
    const durationMs = rest.reduce(
      (sum, i) => sum + left[i]!.durationMs,
      first.durationMs,
    );
    chains.push({ satelliteId: first.satelliteId, durationMs });
    for (const i of rest.sort((a, b) => b - a)) left.splice(i, 1);
  }
  return chains;
}

const MEASUREMENTS = fc.array(
  fc.record({
    timestamp: fc.integer({ min: 0, max: 1000 }),
    metricType: fc.constantFrom(...STAGES, "downlink"),
    satelliteId: fc.constantFrom("SAT1", "SAT2"),
    durationMs: fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    scenarioTimeS: fc.integer({ min: 0, max: 12 }),
  }),
  { minLength: 1, maxLength: 300, size: "max" },
);

Deno.test("runFigures() finds what a naive reference finds, in any recording order", () => {
  fc.assert(fc.property(MEASUREMENTS, fc.boolean(), (drawn, isOrdered) => {
    // A bench records in the order of scenario times; a file may be of any.
    const measurements = isOrdered
      ? drawn.toSorted((a, b) => a.scenarioTimeS - b.scenarioTimeS)
      : drawn;
    const { groups } = figuresOf(collect(measurements));
    const chains = naiveChains(measurements)
      .map((it) => ({ ...it, metricType: "chain" }));
    const all = [...measurements, ...chains];
    const types = new Set(all.map((it) => it.metricType));
    assertEquals(new Set(groups.keys()), types);
    for (const type of types) {
      const ofType = all.filter((it) => it.metricType === type);
      for (const [satelliteId, group] of groups.get(type)!) {
        const durationsMs = ofType
          .filter((it) =>
            satelliteId === undefined || it.satelliteId === satelliteId
          )
          .map((it) => it.durationMs);
        assertEquals(group.count, durationsMs.length);
        const wanted = naiveFigures(durationsMs);
        for (const [name, value] of Object.entries(wanted)) {
          const found = group.values[name as keyof typeof wanted];
          assertAlmostEquals(found, value, 1e-9 * Math.abs(value));
        }
        assertAlmostEquals(
          group.quantilesMs.get(0.9)!,
          naiveQuantile(durationsMs, 0.9),
          1e-9 * naiveQuantile(durationsMs, 0.9),
        );
      }
    }
  }));
});

Deno.test("runFigures() interpolates quantiles as NumPy does", () => {
  const { values, wanted } = REFERENCE.quantiles;
  const { groups } = figuresOf(collect(values.map((durationMs, i) => ({
    timestamp: i,
    metricType: "downlink",
    satelliteId: "SAT1",
    durationMs,
    scenarioTimeS: i,
  }))));
  const figures = groups.get("downlink")!.get(undefined)!.values;
  for (const [q, value] of wanted) {
    const name = `p${100 * q!}` as "p50" | "p95" | "p99";
    assertAlmostEquals(figures[name], value!, 1e-12);
  }
});

/** Autoregressive durations of one series, whose sum over a run varies more. */
function autoregressive(correlation: number, count: number, seed: number) {
  const random = new Random(seed);
  let state = random.normal();
  return collect(Array.from({ length: count }, (_, i) => {
    state = correlation * state +
      Math.sqrt(1 - correlation ** 2) * random.normal();
    return {
      timestamp: i,
      metricType: "downlink",
      satelliteId: "SAT1",
      durationMs: Math.exp(0.2 * state),
      scenarioTimeS: i,
    };
  }));
}

Deno.test("runFigures() counts correlated samples as (1 - r) / (1 + r) of them", () => {
  for (const [correlation, share] of [[0, 1], [0.5, 1 / 3], [0.8, 1 / 9]]) {
    const { groups } = figuresOf(autoregressive(correlation!, 20_000, 3));
    const { effectiveCount } = groups.get("downlink")!.get(undefined)!;
    assert(
      Math.abs(effectiveCount / 20_000 / share! - 1) < 0.1,
      `${correlation}: ${effectiveCount}`,
    );
  }
});

Deno.test("satellites that take turns are not taken for independent of their neighbours", () => {
  const runs = [1, 2, 3].map((seed) => [...autoregressive(0.8, 5000, seed)]);
  const { groups } = figuresOf(collect(
    runs[0]!.flatMap((_, i) =>
      runs.map((run, j) => ({ ...run[i]!, satelliteId: `SAT${j}` }))
    ),
  ));
  const { effectiveCount } = groups.get("downlink")!.get(undefined)!;
  assert(Math.abs(effectiveCount / (15_000 / 9) - 1) < 0.15);
});

Deno.test("runFigures() finds more unrest in a run that gets slower", () => {
  const calm = autoregressive(0, 1000, 5);
  const restless = collect([...calm].map((it, i) => ({
    ...it,
    durationMs: it.durationMs * (i < 500 ? 1 : 1.5),
  })));
  const [before, after] = [calm, restless].map((it) => figuresOf(it).unrest!);
  assert(after! > 5 * before!);
  assertEquals(figuresOf(autoregressive(0, 20, 1)).unrest, undefined);
});

Deno.test("runFigures() puts a slow-down where it is told to", () => {
  const measurements = [..."ab"].flatMap((satelliteId) =>
    STAGES.flatMap((metricType, j) =>
      Array.from({ length: 100 }, (_, i) => ({
        timestamp: i,
        metricType,
        satelliteId,
        durationMs: (j + 1) * (100 + i),
        scenarioTimeS: i,
      }))
    )
  );
  const change = (injection: Injection, type: string, satelliteId?: string) => {
    const [before, after] = [undefined, injection].map((it) =>
      figuresOf(collect(measurements), it).groups.get(type)!.get(satelliteId)!
        .values
    );
    return [after!.p50 / before!.p50, after!.max / before!.max]
      .map((it) => Number(it.toFixed(3)));
  };
  const one = { factor: 2, metricType: "agent_decision", satelliteId: "a" };
  assertEquals(change({ factor: 2 }, "fault_detection"), [2, 2]);
  assertEquals(change(one, "agent_decision", "a"), [2, 2]);
  assertEquals(change(one, "agent_decision", "b"), [1, 1]);
  assertEquals(change(one, "fault_detection", "a"), [1, 1]);
  // Decisions are a third of a chain.
  assertEquals(change(one, "chain", "a"), [1.333, 1.333]);
  const tail = { factor: 2, aboveQuantile: 0.95 };
  assertEquals(change(tail, "fault_detection", "a"), [1, 2]);
});

Deno.test("a metric type that is called chain is taken as it is", () => {
  const { groups } = figuresOf(collect([...STAGES, "chain"].map((
    metricType,
  ) => ({
    timestamp: 0,
    metricType,
    satelliteId: "SAT1",
    durationMs: 5,
    scenarioTimeS: 0,
  }))));
  assertEquals(groups.get("chain")!.get(undefined)!.values.max, 5);
});
