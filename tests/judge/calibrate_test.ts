import {
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertStringIncludes,
} from "@std/assert";
import { LatencyCollector } from "@astraguard/hil-metrics";
import {
  calibrate,
  judgeSync,
  type NoiseDocument,
} from "@astraguard/hil-metrics/judge";
import { simulatedRuns } from "./_runs.ts";

function constantRun(durationMs: number): LatencyCollector {
  const collector = new LatencyCollector({ clock: () => 1_770_645_801 });
  for (let i = 0; i < 60; i++) {
    collector.recordAgentDecision("SAT1", i, durationMs);
  }
  return collector;
}

Deno.test("calibrate() learns the deviation of logarithms, host, labels and date", async () => {
  const labels = { host: "bench-7", fixture: "x" };
  const noise = await calibrate(
    [1, Math.E, Math.E ** 2].map((durationMs, i) => ({
      measurements: constantRun(durationMs),
      labels: { ...labels, firmware: String(i) },
    })),
  );
  assertEquals(
    { ...noise, rows: noise.rows.length },
    {
      format: "hil-metrics-noise",
      version: 1,
      date: "2026-02-09T14:03:21.000Z",
      host: "bench-7",
      labels: { fixture: "x" },
      runs: 3,
      unrest: 0,
      // p99 is refused, of all satellites and of the one.
      rows: 10,
    },
  );
  const row = noise.rows.find((it) => it.figure === "p50")!;
  assertEquals(
    { ...row, log_sd: 0 },
    {
      metric_type: "agent_decision",
      satellite_id: null,
      figure: "p50",
      log_sd: 0,
      runs: 3,
    },
  );
  assertAlmostEquals(row.log_sd, 1, 1e-12);
});

Deno.test("calibrate() refuses too few runs, incomplete and empty ones", async () => {
  const runs = simulatedRuns(3, 1);
  const cases: [Parameters<typeof calibrate>[0], string][] = [
    [runs.slice(1), "Calibrating needs 3 runs, better 20: 2"],
    [
      [...runs, { measurements: runs[0]!, incomplete: true }],
      "Cannot calibrate by runs[3]: the run is incomplete",
    ],
    [[...runs, new LatencyCollector()], "the run has no measurements"],
    [[...runs, runs[1]!], "runs[3]: it is the same run as runs[1]"],
    [
      runs.map((measurements) => ({ measurements, timestamp: 1e300 })),
      "runs[0].timestamp must be a time",
    ],
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => calibrate(given), RangeError, message);
  }
});

Deno.test("a document that is not one, or of another version, is refused", async () => {
  const noise = await calibrate(simulatedRuns(3, 1));
  const [baseline, candidate] = simulatedRuns(2, 10);
  const judged = (changes: Record<string, unknown>) => {
    try {
      judgeSync({
        baselines: [baseline!],
        candidates: [candidate!],
        noise: { ...noise, ...changes } as NoiseDocument,
      });
    } catch (error) {
      return (error as Error).name;
    }
  };
  assertEquals(judged({}), undefined);
  assertEquals(judged({ format: "x" }), "TypeError");
  assertEquals(judged({ rows: 5 }), "TypeError");
  assertEquals(judged({ version: 2 }), "RangeError");
  assertEquals(judged({ runs: 1 }), "RangeError");
  assertEquals(judged({ unrest: null }), undefined);
  assertEquals(judged({ date: "yesterday" }), "RangeError");
  assertEquals(judged({ unrest: "0.1" }), "RangeError");
  assertEquals(judged({ host: 5 }), "TypeError");
  assertEquals(judged({ labels: ["x"] }), "TypeError");
  assertEquals(judged({ rows: [null] }), "RangeError");
  for (
    const changes of [
      { log_sd: -1 },
      { log_sd: null },
      { log_sd: Infinity },
      { log_sd: "0.1" },
      { metric_type: 5 },
      { satellite_id: undefined },
      { runs: 4 },
    ]
  ) {
    assertEquals(
      judged({ rows: [{ ...noise.rows[0], ...changes }] }),
      "RangeError",
      Deno.inspect(changes),
    );
  }
});

Deno.test("a calibration of constant durations does not make a spread of 0", async () => {
  const constants = (durations: number[]) => durations.map(constantRun);
  const noise = await calibrate(constants(new Array(20).fill(10)));
  const judged = (baselines: number[], candidates: number[], cut = noise) =>
    judgeSync({
      baselines: constants(baselines),
      candidates: constants(candidates),
      noise: cut,
    });
  // To the digit, where the deviation would be that of rounding.
  const exact = {
    ...noise,
    rows: noise.rows.map((row) => ({ ...row, log_sd: 0 })),
  };
  for (const document of [noise, exact]) {
    const busy = judged([9.5, 10.5, 10, 10.2], [10.3, 10.5, 10.4], document);
    assertEquals(busy.verdict, "inconclusive");
    assertStringIncludes(busy.reason, "the baselines vary 421.5 times");
    const calm = judged([10, 10, 10, 10], [10, 10, 10], document);
    assertEquals([calm.verdict, calm.warnings.length], ["pass", 0]);
  }
});

Deno.test("a calibration that knows none of the metrics is said to", async () => {
  const noise = await calibrate([10, 11, 12].map(constantRun));
  const [first, ...others] = simulatedRuns(3, 1).map((run) => {
    const copy = new LatencyCollector();
    for (const it of run) copy.record({ ...it, metricType: "downlink" });
    return copy;
  });
  const { warnings } = judgeSync({
    baselines: others,
    candidates: [first!],
    noise: { ...noise, date: new Date(0).toISOString() },
  });
  assertEquals(warnings.at(-1), "The calibration knows none of these metrics");
});
