import { assertAlmostEquals, assertEquals, assertRejects } from "@std/assert";
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
  ];
  for (const [given, message] of cases) {
    await assertRejects(() => calibrate(given), RangeError, message);
  }
});

Deno.test("a document that is not one, or of another version, is refused", async () => {
  const noise = await calibrate(simulatedRuns(3, 1));
  const runs = simulatedRuns(2, 10);
  const judged = (changes: Record<string, unknown>) => {
    try {
      judgeSync({
        baselines: runs,
        candidates: runs,
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
  assertEquals(
    judged({ rows: [{ ...noise.rows[0], log_sd: -1 }] }),
    "RangeError",
  );
});
