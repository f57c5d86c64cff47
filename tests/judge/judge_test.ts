import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { LatencyCollector } from "@astraguard/hil-metrics";
import {
  calibrate,
  judge,
  type Judgement,
  type JudgementRow,
  type JudgeOptions,
  judgeSync,
  type RowVerdict,
  type RunToJudge,
} from "@astraguard/hil-metrics/judge";
import { attribute } from "../../src/judge/attribution.ts";
import { runAtOnce } from "../../src/event_loop/sliced.ts";
import { TurnCounter } from "../event_loop/_turn_counter.ts";
import { simulatedRun, simulatedRuns, slower } from "./_runs.ts";

const BASELINES = simulatedRuns(10, 100);
const UNCHANGED = simulatedRuns(3, 200);
const SLOWER = simulatedRuns(3, 200, {
  factor: slower("agent_decision", 1.3),
});

function rowOf(
  { rows }: Judgement,
  metricType: string,
  figure: string,
  satelliteId?: string,
): JudgementRow {
  return rows.find((it) =>
    it.metricType === metricType && it.figure === figure &&
    it.satelliteId === satelliteId && it.budget === undefined
  )!;
}

Deno.test("judge() passes unchanged runs whose gating rows could have found minChange", async () => {
  const judgement = await judge({
    baselines: BASELINES,
    candidates: UNCHANGED,
  });
  assertEquals(judgement.verdict, "pass", judgement.reason);
  const gating = judgement.rows.filter((it) => it.isGating);
  assertEquals(
    gating.map((it) => `${it.metricType} ${it.figure} ${it.satelliteId}`),
    ["fault_detection", "agent_decision", "recovery_action"].flatMap((type) =>
      ["mean", "p50", "p95"].map((figure) => `${type} ${figure} undefined`)
    ),
  );
  for (const { detectable, change, interval } of gating) {
    assert(detectable! > 1 && detectable! <= 1.5);
    assert(interval![0] < change! && change! < interval![1]);
  }
});

Deno.test("judge() shows all metrics, satellites, the chain and six figures of each", () => {
  const { rows } = judgeSync({ baselines: BASELINES, candidates: UNCHANGED });
  assertEquals(rows.length, 4 * 4 * 6);
  assertEquals([...new Set(rows.map((it) => it.metricType))], [
    "fault_detection",
    "agent_decision",
    "recovery_action",
    "chain",
  ]);
  assertEquals(rows.slice(0, 6).map((it) => it.figure), [
    "mean",
    "p50",
    "p95",
    "p99",
    "max",
    "tail",
  ]);
});

Deno.test("judge() finds a slow-down of one stage, and says which", async () => {
  const judgement = await judge({ baselines: BASELINES, candidates: SLOWER });
  assertEquals(judgement.verdict, "regressed");
  assertStringIncludes(judgement.reason, "agent_decision");
  const row = rowOf(judgement, "agent_decision", "p50");
  assertEquals(row.verdict, "regressed");
  assertAlmostEquals(row.change!, 1.3, 0.03);
  assert(row.interval![0] > 1.2 && row.interval![1] < 1.4);
  assertAlmostEquals(row.candidate! / row.baseline!, row.change!, 1e-9);
  assertEquals(
    rowOf(judgement, "fault_detection", "p50").verdict,
    "equivalent",
  );
  const [first, ...more] = judgement.attribution;
  assertEquals(more, []);
  assertEquals(first!.metricType, "agent_decision");
  assertEquals(first!.satelliteIds, ["SAT1", "SAT2", "SAT3"]);
  assertAlmostEquals(first!.shareOfChain!, 1, 0.15);
  assertStringIncludes(first!.text, "agent_decision");
});

Deno.test("judge() finds a slow-down of one satellite, and says which", async () => {
  const candidates = simulatedRuns(3, 200, {
    factor: (type, id) => type === "recovery_action" && id === "SAT2" ? 1.4 : 1,
  });
  const judgement = await judge({ baselines: BASELINES, candidates });
  assertEquals(judgement.verdict, "regressed");
  assertEquals(
    judgement.attribution.map((it) => [it.metricType, it.satelliteIds]),
    [["recovery_action", ["SAT2"]]],
  );
  assertEquals(
    rowOf(judgement, "recovery_action", "p50", "SAT1").verdict === "regressed",
    false,
  );
});

Deno.test("a stage that takes others along is named before them", async () => {
  const candidates = simulatedRuns(3, 200, {
    factor: (type) =>
      type === "agent_decision" ? 1.2 : type === "recovery_action" ? 1.15 : 1,
  });
  const { attribution } = await judge({ baselines: BASELINES, candidates });
  assertEquals(attribution.map((it) => it.metricType), [
    "agent_decision",
    "recovery_action",
  ]);
  // 210 ms grow by more milliseconds than 130.
  assert(attribution[1]!.meanChangeMs > attribution[0]!.meanChangeMs);
  assert(attribution[0]!.shareOfChain! < 0.5);
});

Deno.test("where chains alone are slower their greatest stage is named", () => {
  const row = (
    metricType: string,
    candidate: number,
    verdict: RowVerdict,
  ): JudgementRow => ({
    metricType,
    satelliteId: undefined,
    figure: "mean",
    baseline: 100,
    candidate,
    change: candidate / 100,
    interval: undefined,
    detectable: undefined,
    verdict,
    reason: "",
    isGating: false,
    budget: undefined,
  });
  const [first, ...more] = runAtOnce(attribute([
    row("fault_detection", 101, "inconclusive"),
    row("agent_decision", 106, "inconclusive"),
    row("recovery_action", 103, "inconclusive"),
    row("chain", 110, "regressed"),
  ]));
  assertEquals(more, []);
  assertEquals(
    [first!.metricType, first!.shareOfChain, first!.satelliteIds],
    ["agent_decision", 0.6, []],
  );
});

Deno.test("judge() calls faster runs improved, and lets them pass", async () => {
  const judgement = await judge({
    baselines: SLOWER.concat(simulatedRuns(7, 300, {
      factor: slower("agent_decision", 1.3),
    })),
    candidates: UNCHANGED,
  });
  assertEquals(rowOf(judgement, "agent_decision", "mean").verdict, "improved");
  assertEquals(judgement.verdict, "pass", judgement.reason);
});

Deno.test("rows that do not gate are shown and never decide", async () => {
  const candidates = SLOWER;
  const gatingFigures = [] as const;
  const judgement = await judge({
    baselines: BASELINES,
    candidates,
    gatingFigures,
    budgets: "max<=100000",
  });
  assertEquals(
    rowOf(judgement, "agent_decision", "mean").verdict,
    "regressed",
  );
  assertEquals(judgement.verdict, "pass");
  const other = await judge({
    baselines: BASELINES,
    candidates,
    gatingFigures: ["max"],
    minChange: 10,
  });
  assertEquals(other.rows.filter((it) => it.isGating).length, 3);
});

Deno.test("judge() is inconclusive where minChange could not have been found, and says what it takes", async () => {
  const judged = async (minChange: number) => {
    const judgement = await judge({
      baselines: BASELINES.slice(0, 5),
      candidates: UNCHANGED,
      minChange,
    });
    assertEquals(judgement.verdict, "inconclusive");
    const row = rowOf(judgement, "agent_decision", "p95");
    assert(row.detectable! > 1 + minChange);
    return row.reason;
  };
  assertStringIncludes(
    await judged(0.3),
    "about 3 candidates and 10 baselines would find +30 %",
  );
  assertStringIncludes(
    await judged(0.1),
    "calmer runs alone would find +10 %",
  );
});

Deno.test("two runs give intervals, and that their noise is not known", async () => {
  const judgement = await judge({
    baselines: BASELINES.slice(0, 1),
    candidates: SLOWER.slice(0, 1),
  });
  assertEquals(judgement.verdict, "inconclusive");
  assertStringIncludes(
    judgement.reason,
    "How much two unchanged runs differ is not known",
  );
  assert(judgement.rows.every((it) => it.verdict === "inconclusive"));
  const { interval, change } = rowOf(judgement, "agent_decision", "p50");
  assert(interval![0] < change! && change! < interval![1]);
  assert(interval![0] > 1.15);
  assertEquals(rowOf(judgement, "agent_decision", "max").interval, undefined);
});

Deno.test("one candidate raises a suspicion, and two more confirm it", async () => {
  const factor = slower("agent_decision", 1.12);
  const candidates = simulatedRuns(3, 200, { factor });
  const first = await judge({
    baselines: BASELINES,
    candidates: candidates.slice(0, 1),
  });
  assertEquals(first.verdict, "inconclusive");
  assert(first.isSuspicious);
  assertStringIncludes(first.reason, "run two more");
  const all = await judge({ baselines: BASELINES, candidates });
  assertEquals(all.verdict, "regressed");
});

Deno.test("a single candidate that is faster, or slower in what does not gate, is not suspicious", async () => {
  const judged = (
    factor: (metricType: string, satelliteId: string) => number,
  ) =>
    judge({
      baselines: BASELINES,
      candidates: [simulatedRun({ seed: 203, factor })],
      minChange: 5,
    });
  const faster = await judged(slower("agent_decision", 0.8));
  assertEquals([faster.isSuspicious, faster.verdict], [false, "pass"]);
  const calm = await judged(() => 1);
  assertEquals([calm.isSuspicious, calm.verdict], [false, "pass"]);
  const options = { gatingFigures: [] as const, budgets: "max<=1s" };
  const ungated = await judge({
    ...options,
    baselines: BASELINES,
    candidates: SLOWER.slice(0, 1),
  });
  assertEquals([ungated.isSuspicious, ungated.verdict], [false, "pass"]);
});

Deno.test("a metric that disappeared is a regression, a new one is not", async () => {
  const extra = (runs: readonly LatencyCollector[]) =>
    runs.map((run) => {
      const copy = new LatencyCollector();
      for (const it of run) copy.record(it);
      for (let i = 0; i < 100; i++) {
        copy.record({
          metricType: "downlink",
          satelliteId: "SAT1",
          durationMs: 10 + i % 3,
          scenarioTimeS: i,
          timestamp: i,
        });
      }
      return copy;
    });
  const gone = await judge({
    baselines: extra(BASELINES),
    candidates: UNCHANGED,
  });
  assertEquals(gone.verdict, "regressed");
  const row = rowOf(gone, "downlink", "count");
  assertEquals([row.baseline, row.candidate, row.isGating], [100, 0, true]);
  assertEquals(
    gone.rows.filter((it) => it.metricType === "downlink").length,
    1,
  );
  const mostly = await judge({
    baselines: [...BASELINES.slice(0, 1), ...extra(BASELINES.slice(1))],
    candidates: UNCHANGED,
  });
  assertEquals(mostly.verdict, "inconclusive");
  assertEquals(
    rowOf(mostly, "downlink", "count").reason,
    "measured in 9 of 10 baselines and in no candidate",
  );
  assertEquals(mostly.warnings, ["downlink is missing in all candidates"]);
  const come = await judge({
    baselines: BASELINES,
    candidates: extra(UNCHANGED),
  });
  assertEquals(come.verdict, "pass", come.reason);
  assertEquals(rowOf(come, "downlink", "mean").reason, "no baseline has it");
});

Deno.test("nothing disappears where there are no baselines", async () => {
  const half = new LatencyCollector();
  for (const it of UNCHANGED[1]!) {
    if (it.metricType === "agent_decision") half.record(it);
  }
  const judged = (budgets: string) =>
    judge({ baselines: [], candidates: [UNCHANGED[0]!, half], budgets });
  const kept = await judged("agent_decision p(95)<400");
  assertEquals([kept.verdict, kept.warnings], ["pass", []]);
  assertEquals(kept.reason, "All budgets are kept; nothing else was judged by");
  const unknown = await judged("fault_detection p(95)<400");
  assertEquals(unknown.verdict, "inconclusive");
  assertEquals(
    unknown.rows.at(-1)!.reason,
    "1 of 2 candidates have not measured it",
  );
  assertEquals((await judged("fault_detection p(95)<40")).verdict, "regressed");
});

Deno.test("a satellite that disappeared is shown and warned of", async () => {
  const candidates = UNCHANGED.map((run) => {
    const copy = new LatencyCollector();
    for (const it of run) if (it.satelliteId !== "SAT3") copy.record(it);
    return copy;
  });
  const judgement = await judge({ baselines: BASELINES, candidates });
  assertEquals(
    rowOf(judgement, "agent_decision", "count", "SAT3").verdict,
    "regressed",
  );
  assert(
    judgement.warnings.some((it) =>
      it === "agent_decision of SAT3 is missing in all candidates"
    ),
  );
});

Deno.test("a quantile of too few effective samples is refused, with the number needed", async () => {
  const few = (seed: number) => simulatedRun({ seed, perSeries: 15 });
  const judgement = await judge({
    baselines: [1, 2, 3, 4, 5, 6].map(few),
    candidates: [7, 8, 9].map(few),
  });
  const { verdict, reason, detectable } = rowOf(
    judgement,
    "agent_decision",
    "p95",
  );
  assertEquals([verdict, detectable], ["inconclusive", undefined]);
  assert(/^p95 needs 59 effective samples a run; there are \d\d/.test(reason));
  assertStringIncludes(
    rowOf(judgement, "agent_decision", "p99").reason,
    "p99 needs 299 effective samples",
  );
  assertEquals(judgement.verdict, "inconclusive");
});

Deno.test("durations of 0 are refused rather than divided by", async () => {
  const withZeros = (seed: number, durationMs = 0) => {
    const run = simulatedRun({ seed });
    for (let i = 0; i < 400; i++) {
      run.record({
        metricType: "downlink",
        satelliteId: "SAT1",
        durationMs,
        scenarioTimeS: i,
        timestamp: i,
      });
    }
    return run;
  };
  const judgement = await judge({
    baselines: [1, 2, 3].map((seed) => withZeros(seed, 1)),
    candidates: [4, 5, 6].map((seed) => withZeros(seed)),
  });
  const row = rowOf(judgement, "downlink", "p50");
  assertEquals(row.reason, "a value that is not above 0 has no ratio");
  assertEquals([row.change, row.detectable], [0, undefined]);
});

Deno.test("runs that are the same to the digit are equivalent", async () => {
  const same = (count: number) =>
    Array.from({ length: count }, () => simulatedRun({ seed: 1 }));
  const judgement = await judge({ baselines: same(5), candidates: same(3) });
  assertEquals(judgement.verdict, "pass", judgement.reason);
  assert(
    judgement.rows.every((it) =>
      it.verdict === "equivalent" || it.reason.includes("needs")
    ),
  );
});

Deno.test("an incomplete baseline is a RangeError, an incomplete candidate at most inconclusive", async () => {
  const incomplete = (run: LatencyCollector) => ({
    measurements: run,
    runId: "cut",
    incomplete: true,
  });
  await assertRejects(
    () =>
      judge({
        baselines: [...BASELINES, incomplete(UNCHANGED[0]!)],
        candidates: UNCHANGED,
      }),
    RangeError,
    'Cannot judge by "cut": the run is incomplete',
  );
  for (const runs of [UNCHANGED, SLOWER]) {
    const judgement = await judge({
      baselines: BASELINES,
      candidates: [...runs.slice(0, 2), incomplete(runs[2]!)],
    });
    assertEquals(judgement.verdict, "inconclusive");
    assertEquals(judgement.reason, "A candidate is incomplete");
    assertStringIncludes(judgement.warnings.join(), '"cut" is incomplete');
  }
});

Deno.test("a run is judged once, and never against itself", async () => {
  const stored = (measurements: LatencyCollector, timestamp: number) => ({
    measurements,
    runId: "night",
    timestamp,
  });
  const [again, other] = simulatedRuns(2, 200);
  const cases: [RunToJudge[], RunToJudge[], string][] = [
    [[...BASELINES, BASELINES[3]!], UNCHANGED, "baselines[10]"],
    [BASELINES, [UNCHANGED[0]!, { measurements: UNCHANGED[0]! }], "candidates"],
    [[...BASELINES, UNCHANGED[1]!], UNCHANGED, "it is the same run as baselin"],
    [[stored(UNCHANGED[0]!, 5)], [stored(again!, 5)], "candidates[0]: it is"],
  ];
  for (const [baselines, candidates, message] of cases) {
    await assertRejects(
      () => judge({ baselines, candidates }),
      RangeError,
      message,
    );
  }
  // Of two benches that name their runs alike.
  await judge({
    baselines: [stored(UNCHANGED[0]!, 5)],
    candidates: [stored(other!, 6)],
  });
});

Deno.test("an equivalent row that keeps a judgement from passing says why", async () => {
  const { reason } = await judge({
    baselines: BASELINES,
    candidates: UNCHANGED,
    minChange: 0.01,
  });
  assert(
    /within 10 % either way; changes from \+.* are found; .* would find \+1 %/
      .test(reason),
    reason,
  );
});

Deno.test("a metric that is called chain is judged as any other", async () => {
  const chains = (seed: number, factor: number) => {
    const collector = new LatencyCollector();
    for (const it of simulatedRun({ seed })) {
      if (it.metricType !== "agent_decision") continue;
      const durationMs = it.durationMs * factor;
      collector.record({ ...it, metricType: "chain", durationMs });
    }
    return collector;
  };
  const { attribution } = await judge({
    baselines: [1, 2, 3, 4, 5, 6].map((seed) => chains(seed, 1)),
    candidates: [7, 8, 9].map((seed) => chains(seed, 2)),
  });
  assertEquals(attribution.map((it) => it.metricType), ["chain"]);
});

Deno.test("a deadline that an incomplete candidate missed is missed", async () => {
  const { verdict } = await judge({
    baselines: BASELINES,
    candidates: [{ measurements: SLOWER[0]!, incomplete: true }],
    budgets: ["max<=100"],
  });
  assertEquals(verdict, "regressed");
});

Deno.test("a deadline is one whatever its metric is called", async () => {
  const late = new LatencyCollector();
  late.record({
    metricType: "load 50%",
    satelliteId: "SAT1",
    durationMs: 900,
    scenarioTimeS: 1,
  });
  const { verdict } = await judge({
    baselines: [],
    candidates: [{ measurements: late, incomplete: true }],
    budgets: ['"load 50%" max<=500'],
  });
  assertEquals(verdict, "regressed");
});

Deno.test("an empty baseline is a RangeError, an empty candidate a regression", async () => {
  const empty = new LatencyCollector();
  await assertRejects(
    () => judge({ baselines: [empty], candidates: UNCHANGED }),
    RangeError,
    "baselines[0]: the run has no measurements",
  );
  const { verdict } = await judge({
    baselines: BASELINES,
    candidates: [empty],
  });
  assertEquals(verdict, "regressed");
});

Deno.test("measurements recorded after the call are not judged", async () => {
  const candidates = [simulatedRun({ seed: 200 })];
  const promise = judge({ baselines: BASELINES, candidates });
  candidates[0]!.recordAgentDecision("SAT1", 1, 1e9);
  const { rows } = await promise;
  const max = rows.find((it) =>
    it.metricType === "agent_decision" && it.figure === "max"
  );
  assert(max!.candidate! < 1e6);
});

Deno.test("judge() and judgeSync() say the same, each time", async () => {
  const options = { baselines: BASELINES, candidates: SLOWER };
  const first = judgeSync(options);
  assertEquals(await judge(options), first);
  assertEquals(judgeSync(options), first);
});

Deno.test("judge() gives way to others at least once for every 512 measurements", async () => {
  const runs = simulatedRuns(3, 1, { perSeries: 2000 });
  const measured = runs.reduce((sum, { length }) => sum + length, 0);
  using counter = new TurnCounter();
  await judge({ baselines: runs.slice(0, 2), candidates: runs.slice(2) });
  assert(counter.turns >= measured / 512, `${counter.turns} of ${measured}`);
});

Deno.test("warnings tell hosts, labels and times that make a verdict doubtful", async () => {
  const at = (
    runs: readonly LatencyCollector[],
    startS: number,
    stepS: number,
    labels: Record<string, string>,
  ): RunToJudge[] =>
    runs.map((measurements, i) => ({
      measurements,
      timestamp: new Date(1000 * (startS + i * stepS)).toISOString(),
      labels,
    }));
  const a = { host: "a", firmware: "1", fixture: "x" };
  const b = { host: "b", firmware: "2", fixture: "y" };
  const interleaved = await judge({
    baselines: at(BASELINES, 0, 20, a),
    candidates: at(UNCHANGED, 10, 20, { ...a, firmware: "2" }),
  });
  assertEquals(interleaved.warnings, []);
  const { warnings } = await judge({
    baselines: [
      ...at(BASELINES.slice(2), 0, 20, a),
      ...at(BASELINES.slice(0, 1), 0, 20, { ...a, os: "6" }),
      ...at(BASELINES.slice(1, 2), 0, 20, { ...a, os: "7" }),
    ],
    candidates: at(UNCHANGED, 3 * 86_400, 20, b),
  });
  assertEquals(warnings, [
    "The runs are of several hosts (a, b): hosts differ more than most changes",
    'The baselines differ in the label "os": 6, 7',
    'Candidates differ from baselines in "firmware" and "fixture": which of them made a change can\'t be told',
    "The runs are not interleaved: drift looks the same as a change",
    "3.0 days lie between baselines and candidates: another session is another bench",
  ]);
});

Deno.test("start times are those of the first measurements where none is given", async () => {
  const early = simulatedRuns(5, 1, { startS: 0 });
  const late = simulatedRuns(2, 10, { startS: 1000 });
  const { warnings } = await judge({ baselines: early, candidates: late });
  assertEquals(warnings, [
    "The runs are not interleaved: drift looks the same as a change",
  ]);
});

Deno.test("absolute budgets are facts of the candidates", async () => {
  const budgets = [
    "agent_decision p(50)<160",
    "agent_decision p(50)<100",
    "agent_decision[SAT2] p(50)<160",
    "agent_decision[*] mean<1s",
    "agent_decision p(99.9)<500",
    "fault_detection max<=1",
    "typo max<=1",
  ];
  const judgement = await judge({
    baselines: [],
    candidates: UNCHANGED,
    budgets,
  });
  const rows = judgement.rows.filter((it) => it.budget !== undefined);
  assertEquals(rows.map((it) => [it.budget, it.satelliteId, it.verdict]), [
    [budgets[0], undefined, "equivalent"],
    [budgets[1], undefined, "regressed"],
    [budgets[2], "SAT2", "equivalent"],
    [budgets[3], "SAT1", "equivalent"],
    [budgets[3], "SAT2", "equivalent"],
    [budgets[3], "SAT3", "equivalent"],
    [budgets[4], undefined, "inconclusive"],
    [budgets[5], undefined, "regressed"],
    [budgets[6], undefined, "inconclusive"],
  ]);
  assertStringIncludes(rows[4 + 2]!.reason, "p99.9 needs 2995 effective");
  assertStringIncludes(rows[8]!.reason, "no candidate has measured it");
  assertEquals(judgement.verdict, "regressed");
});

Deno.test("judge() passes by budgets alone", async () => {
  const options = { baselines: [], candidates: UNCHANGED };
  assertEquals(
    (await judge({ ...options, budgets: "p(95)<400" })).verdict,
    "pass",
  );
});

Deno.test("an absolute budget takes values to the digit, and zeros for what they are", async () => {
  const constant = (durationMs: number) => {
    const collector = new LatencyCollector();
    for (let i = 0; i < 100; i++) {
      collector.recordAgentDecision("SAT1", i, durationMs);
    }
    return collector;
  };
  // exp(log(10)) is above 10, and exp(log(5)) is below 5.
  const cases: [number[], string, RowVerdict][] = [
    [[10], "p(50)<=10", "equivalent"],
    [[10, 10, 10], "p(50)<=10", "equivalent"],
    [[5], "p(50)<5", "regressed"],
    [[0, 500, 500], "p(50)<300", "regressed"],
    [[0, 0], "p(50)<=0", "equivalent"],
  ];
  for (const [durations, budgets, wanted] of cases) {
    const { rows } = await judge({
      baselines: [],
      candidates: durations.map(constant),
      budgets,
    });
    assertEquals(rows.at(-1)!.verdict, wanted, `${durations} ${budgets}`);
  }
});

Deno.test("a deadline is missed by one measurement of one candidate", async () => {
  const late = simulatedRun({ seed: 201 });
  late.record({
    metricType: "agent_decision",
    satelliteId: "SAT1",
    durationMs: 501,
    scenarioTimeS: 1000,
    timestamp: 1000,
  });
  const judgement = await judge({
    baselines: BASELINES,
    candidates: [UNCHANGED[0]!, late, UNCHANGED[2]!],
    budgets: ["agent_decision max<=500", "agent_decision max<=501"],
  });
  const rows = judgement.rows.filter((it) => it.budget !== undefined);
  assertEquals(rows.map((it) => it.verdict), ["regressed", "equivalent"]);
  assertEquals(rows[0]!.candidate, 501);
});

Deno.test("relative budgets are inference: kept, broken, or can't tell", async () => {
  const options = { baselines: BASELINES, candidates: SLOWER };
  const verdicts = async (budgets: string[]) =>
    (await judge({ ...options, budgets })).rows
      .filter((it) => it.budget !== undefined).map((it) => it.verdict);
  assertEquals(
    await verdicts([
      "agent_decision mean<+50%",
      "agent_decision mean<+10%",
      "agent_decision mean<+30%",
    ]),
    ["equivalent", "regressed", "inconclusive"],
  );
  const { rows } = await judge({
    baselines: BASELINES.slice(0, 1),
    candidates: SLOWER.slice(0, 1),
    budgets: "agent_decision mean<+10%",
  });
  assertStringIncludes(rows.at(-1)!.reason, "is not known");
});

Deno.test("a calibration decides where baselines are few", async () => {
  const noise = await calibrate(simulatedRuns(20, 1000));
  const options = { baselines: BASELINES.slice(0, 2) };
  assertEquals(
    (await judge({ ...options, candidates: SLOWER.slice(0, 2), noise }))
      .verdict,
    "regressed",
  );
  const alone = await judge({ ...options, candidates: UNCHANGED.slice(0, 2) });
  assertEquals(alone.verdict, "inconclusive");
  const calibrated = await judge({
    ...options,
    candidates: UNCHANGED.slice(0, 2),
    noise,
  });
  assertEquals(calibrated.verdict, "pass", calibrated.reason);
});

Deno.test("a stale or foreign calibration is warned of, and not trusted beside few baselines", async () => {
  const labelled = (
    runs: readonly LatencyCollector[],
    host: string,
    startS: number,
  ) =>
    runs.map((measurements) => ({
      measurements,
      timestamp: startS,
      labels: { host },
    }));
  const noise = await calibrate(labelled(simulatedRuns(5, 1000), "a", 0));
  const judged = (host: string, startS: number) =>
    judge({
      baselines: labelled(BASELINES.slice(0, 3), host, startS),
      candidates: labelled(SLOWER, host, startS),
      noise,
    });
  assertEquals((await judged("a", 86_400)).warnings, []);
  const stale = await judged("a", 100 * 86_400);
  assertStringIncludes(stale.warnings[0]!, "is stale: 100 days");
  assertStringIncludes(stale.warnings[1]!, "calibrate afresh on this host");
  const foreign = await judged("b", 0);
  assertStringIncludes(foreign.warnings[0]!, "of elsewhere: host a, not b");
});

Deno.test("a machine too busy to measure is inconclusive, however slow the candidates", async () => {
  const noise = await calibrate(simulatedRuns(20, 1000));
  const busy = simulatedRuns(10, 100, { betweenSd: 0.2 });
  for (const candidates of [UNCHANGED, SLOWER]) {
    const judgement = await judge({ baselines: busy, candidates, noise });
    assertEquals(judgement.verdict, "inconclusive");
    assertStringIncludes(
      judgement.reason,
      "The machine is too busy to measure: the baselines vary",
    );
  }
  const wavering = UNCHANGED.map((run) => {
    const copy = new LatencyCollector();
    const measurements = [...run];
    measurements.forEach((it, i) => {
      const durationMs = it.durationMs *
        (i > measurements.length / 2 ? 1.5 : 1);
      copy.record({ ...it, durationMs });
    });
    return copy;
  });
  const judgement = await judge({
    baselines: BASELINES,
    candidates: wavering,
    noise,
  });
  assertStringIncludes(judgement.reason, "the candidates waver");
});

Deno.test("a calibration that is calmer than the baselines is not used", async () => {
  const noise = await calibrate(simulatedRuns(20, 1000, { betweenSd: 0.02 }));
  const { warnings } = await judge({
    baselines: simulatedRuns(10, 100, { betweenSd: 0.05 }),
    candidates: UNCHANGED,
    noise,
  });
  assertStringIncludes(warnings.join(), "which is not used");
});

Deno.test("judge() refuses what is not a question", async () => {
  const runs = { baselines: BASELINES, candidates: UNCHANGED };
  const ofAnotherCopy = {
    [Symbol.for("@astraguard/hil-metrics/LatencyCollector")]: true,
  };
  const cases: [unknown, new (message: string) => Error, string][] = [
    [undefined, TypeError, "Options must be an object"],
    [{ ...runs, candidates: [] }, RangeError, "there are no candidates"],
    [{ ...runs, baselines: [] }, RangeError, "no baselines, nor budgets"],
    [{ ...runs, candidates: 5 }, TypeError, "candidates must be an array"],
    [{ ...runs, candidates: [5] }, TypeError, "candidates[0] must be"],
    [{ ...runs, minChange: 0 }, RangeError, "minChange must be"],
    [{ ...runs, margin: "1" }, TypeError, "margin must be"],
    [{ ...runs, gatingFigures: ["p42"] }, TypeError, "gatingFigures must"],
    [{ ...runs, gatingFigures: 3 }, TypeError, "gatingFigures must be an"],
    [{ ...runs, budgets: ["x"] }, RangeError, "at character 2"],
    [{ ...runs, noise: {} }, TypeError, "noise must be what calibrate()"],
    [
      { ...runs, candidates: [{ measurements: UNCHANGED[0], timestamp: "x" }] },
      RangeError,
      "candidates[0].timestamp must be a time",
    ],
    [
      {
        ...runs,
        candidates: [{ measurements: UNCHANGED[0], timestamp: null }],
      },
      TypeError,
      "candidates[0].timestamp must be a time",
    ],
    [
      {
        ...runs,
        candidates: [{ measurements: UNCHANGED[0], incomplete: "no" }],
      },
      TypeError,
      "candidates[0].incomplete must be",
    ],
    [{ ...runs, candidates: new Array(1) }, TypeError, "candidates[0] must be"],
    [
      { ...runs, candidates: [ofAnotherCopy] },
      TypeError,
      "of another copy of @astraguard/hil-metrics",
    ],
  ];
  for (const [options, kind, message] of cases) {
    await assertRejects(() => judge(options as JudgeOptions), kind, message);
    assertThrows(() => judgeSync(options as JudgeOptions), kind, message);
  }
});

Deno.test("a metric that is measured less than half as often is warned of", async () => {
  const halved = (share: number) =>
    UNCHANGED.map((run) => {
      const less = new LatencyCollector();
      let count = 0;
      for (const it of run) {
        const isKept = it.metricType !== "agent_decision" ||
          count++ % 100 < 100 * share;
        if (isKept) less.record(it);
      }
      return less;
    });
  const judged = (share: number) =>
    judge({ baselines: BASELINES, candidates: halved(share) });
  assertStringIncludes(
    (await judged(0.4)).warnings.join(),
    "agent_decision was measured ",
  );
  assertEquals((await judged(0.6)).warnings, []);
});
