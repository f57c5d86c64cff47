import { assert, assertEquals, assertRejects } from "@std/assert";
import { LatencyCollector, type RunLabels } from "@astraguard/hil-metrics";
import fc from "fast-check";
import { normal, seededRandom } from "../../../bench/lib/data/random.ts";
import { quantileRank } from "../../../src/statistics/quantile.ts";
import { FleetClient, FleetError, FleetReader } from "../../mod.ts";
import { ValueCounts } from "../../src/ask/value_counts.ts";
import { TestFleet } from "../_fleet.ts";
import { serverTest, shared } from "../_server_test.ts";
import { TestStore } from "../_store.ts";

const METRIC = "agent_decision";
const BENCHES = ["rig-1", "rig-2"];
const QUANTILES = [0, 0.01, 0.5, 0.95, 0.99, 0.999, 1];

/** Every duration of the metric, by satellite. */
const durations: Record<string, number[]> = { SAT1: [], SAT2: [] };

/** A fleet, and one who asks. */
interface Asked extends AsyncDisposable {
  readonly fleet: TestFleet;
  readonly reader: FleetReader;
}

const asked = shared(async (): Promise<Asked> => {
  const fleet = await TestFleet.start();
  for (const benchId of BENCHES) await pushRuns(fleet, benchId);
  const reader = new FleetReader(fleet.optionsOf("reader"));
  return {
    ...{ fleet, reader },
    [Symbol.asyncDispose]: async () => {
      reader[Symbol.dispose]();
      await fleet[Symbol.asyncDispose]();
    },
  };
});

/** Six runs of firmware 2.0, then three of 2.1, which decides more slowly. */
async function pushRuns(fleet: TestFleet, benchId: string): Promise<void> {
  await using store = await TestStore.make();
  for (let run = 0; run < 9; run++) {
    const firmware = run < 6 ? "2.0" : "2.1";
    const labels: RunLabels = run === 3
      ? { firmware, host: "elsewhere" }
      : { firmware };
    const factor = run < 6 ? 1 : 1.4;
    await store.run(`run_${run}`).saveLatencyStats(
      collectorOf(BENCHES.indexOf(benchId) * 100 + run, factor),
      { labels },
    );
  }
  const client = new FleetClient(fleet.optionsOf(`bench_${benchId}`));
  await client.push(store, { blocks: true });
}

function collectorOf(seed: number, factor: number): LatencyCollector {
  const random = seededRandom(seed);
  const collector = new LatencyCollector();
  for (let i = 0; i < 300; i++) {
    const satelliteId = `SAT${1 + i % 2}`;
    // Some take no time, some end by the same timeout.
    const durationMs = i % 50 === 0
      ? 0
      : i % 20 === 0
      ? 5000
      : factor * normal(random, 100, 10);
    const times = { scenarioTimeS: i, satelliteId };
    collector.record({ ...times, metricType: METRIC, durationMs });
    collector.record({ ...times, metricType: "other", durationMs: 1 });
    durations[satelliteId]!.push(durationMs);
  }
  return collector;
}

serverTest(
  "FleetReader.percentiles() finds the exact ones among the measurements",
  async () => {
    const { reader } = asked();
    for (const satelliteId of [undefined, "SAT2"]) {
      const sorted = Float64Array.from(
        satelliteId === undefined
          ? Object.values(durations).flat()
          : durations[satelliteId]!,
      ).sort();
      const answer = await reader.percentiles({
        ...{ metricType: METRIC, satelliteId, exact: true },
        quantiles: QUANTILES,
      });
      assertEquals(answer.relativeError, 0);
      assertEquals(
        answer.guarantee,
        "each percentile is exact: one of the durations",
      );
      assertEquals(
        answer.percentiles,
        QUANTILES.map((quantile) => {
          const valueMs = sorted[quantileRank(sorted.length, quantile)]!;
          return {
            ...{ quantile, valueMs, atLeastMs: valueMs, atMostMs: valueMs },
          };
        }),
      );
      assertEquals(answer.count, sorted.length);
    }
  },
);

serverTest(
  "FleetReader.percentiles() finds no exact ones of nothing",
  async () => {
    const { percentiles, count } = await asked().reader.percentiles({
      ...{ metricType: "never measured", exact: true },
    });
    assertEquals({ percentiles, count }, { percentiles: [], count: 0 });
  },
);

serverTest(
  "FleetReader.judge() finds what a firmware has made slower, and takes the bench for the host",
  async () => {
    const { reader } = asked();
    const { judgement, candidates, baselines } = await reader.judge({
      candidates: { labels: { firmware: "2.1" }, benchIds: ["rig-1"] },
      baselines: { labels: { firmware: "2.0" }, benchIds: ["rig-1"] },
      budgets: ["agent_decision p(50)<1000"],
    });
    assertEquals(
      candidates.map(({ runId }) => runId),
      ["run_8", "run_7", "run_6"],
    );
    assertEquals(baselines.map(({ runId }) => runId).sort(), [
      ...["run_0", "run_1", "run_2", "run_3", "run_4", "run_5"],
    ]);
    assertEquals(judgement.verdict, "regressed");
    const slower = judgement.rows.find((row) =>
      row.metricType === METRIC && row.figure === "p50"
    );
    assertEquals(slower?.verdict, "regressed");
    assert(
      judgement.warnings.some((it) =>
        it.includes("several hosts (rig-1, elsewhere)")
      ),
      `${judgement.warnings}`,
    );
  },
);

serverTest(
  "FleetReader.judge() takes no candidate for a baseline",
  async () => {
    const { reader } = asked();
    const { candidates, baselines } = await reader.judge({
      candidates: { limit: 2 },
      baselines: { limit: 4 },
    });
    const newest = await reader.recentRuns({ limit: 6 });
    assertEquals(candidates, newest.slice(0, 2));
    assertEquals(baselines, newest.slice(2));
  },
);

serverTest(
  "FleetReader.judge() says that there is nothing to judge, and passes on what judge() refuses",
  async () => {
    const { reader } = asked();
    const none = { labels: { firmware: "3" } };
    for (
      const [candidates, baselines, what] of [
        [none, {}, "candidate"],
        [{}, none, "baseline"],
      ] as const
    ) {
      const error = await assertRejects(
        () => reader.judge({ candidates, baselines }),
        FleetError,
        what,
      );
      assertEquals(error.code, "RUN_NOT_FOUND");
    }
    const { judgement } = await reader.judge({
      ...{ candidates: { limit: 3 }, baselines: none, budgets: ["p(50)<9999"] },
    });
    assertEquals(judgement.verdict, "pass");
    await assertRejects(
      () =>
        reader.judge({
          ...{ candidates: {}, baselines: {}, budgets: ["nonsense"] },
        }),
      RangeError,
    );
  },
);

serverTest(
  "FleetReader says of which run the measurements are not there, and which are damaged",
  async () => {
    const { fleet: { admin }, reader } = asked();
    const questions = [
      () => reader.percentiles({ metricType: METRIC, exact: true }),
      () =>
        reader.judge({
          ...{ candidates: { runIds: ["run_8"] }, baselines: {} },
        }),
    ];
    await admin`update fleet.series
      set sketch = (
        select sketch from fleet.series
        where run_id = 'run_0' and metric_type = 'other' and sketch is not null
        limit 1
      ) where run_id = 'run_1' and metric_type = 'agent_decision'
        and satellite_id = 'SAT1' and bench_id = 'rig-1'`;
    const different = await assertRejects(questions[0]!, FleetError);
    assertEquals(different.code, "DAMAGED");

    await admin`update fleet.runs set csv_name = null, csv_encoding = null
      where run_id = 'run_8' and bench_id = 'rig-2'`;
    for (const question of questions) {
      const error = await assertRejects(question, FleetError, '"run_8"');
      assertEquals(error.code, "NO_BLOCK");
    }
  },
);

Deno.test("ValueCounts.at() gives the value at a rank, of any values", async () => {
  await fc.assert(fc.asyncProperty(
    fc.array(fc.double({ min: 1, max: 1.01, noNaN: true }), { minLength: 1 }),
    fc.integer({ min: 1, max: 3000 }),
    async (values, extra) => {
      const counts = new ValueCounts();
      const all = [...values, ...values];
      for (let i = 0; i < extra; i++) all.push(1 + i / 1e6);
      for (const value of all) counts.add(value);
      assertEquals(counts.total, all.length);
      const sorted = Float64Array.from(all).sort();
      for (const rank of [0, all.length >> 1, all.length - 1]) {
        assertEquals(await counts.at(rank), sorted[rank]);
      }
    },
  ));
});
