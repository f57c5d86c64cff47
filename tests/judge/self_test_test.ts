import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
} from "@std/assert";
import { LatencyCollector } from "@astraguard/hil-metrics";
import { selfTest, type SelfTestOptions } from "@astraguard/hil-metrics/judge";
import { simulatedRuns } from "./_runs.ts";

const BASELINES = simulatedRuns(8, 1, { perSeries: 60 });

Deno.test("selfTest() finds what it has put in, and where", async () => {
  const report = await selfTest({
    baselines: BASELINES,
    judgements: 20,
    factors: [1.3],
  });
  assertEquals([report.baselines, report.candidates], [5, 3]);
  assertEquals(report.rows.map((it) => it.kind), [
    "all",
    "satellite",
    "tail",
    "stage",
  ]);
  const [all, satellite, tail, stage] = report.rows;
  assertEquals(all!.found, 1);
  assertEquals(satellite!.satelliteId, "SAT1");
  assert(satellite!.found > 0.9 && satellite!.attributed > 0.9);
  // The tail is shown by rows that do not decide.
  assert(tail!.shown > 0.5);
  assertEquals(stage!.metricType, "fault_detection");
  assert(stage!.found > 0.9 && stage!.attributed > 0.9);
  assert(report.falseAlarms <= 0.1);
  const { pass, regressed, inconclusive } = report.unchanged;
  assertAlmostEquals(pass + regressed + inconclusive, 1, 1e-12);
  assertEquals([report.canFail, report.warnings], [true, []]);
});

Deno.test("selfTest() reports a judge that cannot fail", async () => {
  const report = await selfTest({
    baselines: simulatedRuns(4, 1, { perSeries: 20, betweenSd: 1 }),
    judgements: 20,
    factors: [1.3],
  });
  assertEquals(report.canFail, false);
  assert(
    report.warnings[0]!.startsWith("This judge cannot fail: +30 % of all"),
  );
});

Deno.test("selfTest() counts shares exactly, also of a metric that is called chain", async () => {
  const baselines = BASELINES.map((run) => {
    const copy = new LatencyCollector();
    for (const it of run) copy.record({ ...it, metricType: "chain" });
    return copy;
  });
  const { unchanged, rows } = await selfTest({
    baselines,
    judgements: 100,
    factors: [2],
  });
  // No metric of that name decides.
  assertEquals(unchanged, { pass: 0, regressed: 0, inconclusive: 1 });
  assertEquals([rows[0]!.found, rows[0]!.shown], [0, 1]);
});

Deno.test("selfTest() gives the same report for a seed", async () => {
  const options = {
    baselines: BASELINES,
    judgements: 5,
    factors: [1.1],
    seed: 3,
  };
  assertEquals(await selfTest(options), await selfTest(options));
});

Deno.test("selfTest() refuses what it cannot try", async () => {
  const cases: [Partial<SelfTestOptions>, string][] = [
    [{ baselines: BASELINES.slice(0, 2) }, "A self-test needs 3 runs: 2"],
    [{ baselines: [...BASELINES, BASELINES[0]!] }, "it is the same run as"],
    [{ candidates: 0 }, "candidates must be a whole number from 1"],
    [{ judgements: 1.5 }, "judgements must be a whole number from 1"],
    [{ factors: [] }, "factors must be above 1"],
    [{ factors: [1] }, "factors must be above 1"],
    [{ seed: 0.5 }, "seed must be a whole number"],
  ];
  for (const [options, message] of cases) {
    await assertRejects(
      () => selfTest({ baselines: BASELINES, ...options }),
      RangeError,
      message,
    );
  }
});
