import {
  assert,
  assertAlmostEquals,
  assertEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import { quantileRank } from "../../../src/statistics/quantile.ts";
import {
  FleetError,
  type FleetPercentiles,
  FleetReader,
  type RunFilter,
} from "../../mod.ts";
import { serverTest, shared } from "../_server_test.ts";
import { Lab, madeRuns, readerOf, SLOW_BENCH } from "./_lab.ts";
import type { MadeRun } from "./_made_runs.ts";

const RUNS = madeRuns();

/** The same benches on one server, and on four. */
const one = shared(() => Lab.start(1, RUNS));
const four = shared(() => Lab.start(4, RUNS));

const FILTERS: readonly RunFilter[] = [
  {},
  { since: new Date("2026-09-01Z") },
  { until: new Date("2026-09-01Z") },
  { since: new Date("2026-08-10Z"), until: new Date("2026-09-20Z") },
  { benchIds: ["rig-03"] },
  { benchIds: ["rig-03", "rig-11", "rig-04", "no \0 bench"] },
  { benchIds: [] },
  { runIds: ["run_2"] },
  { runIds: ["run_2", "run_5", 'it\'s "none"'] },
  { labels: { firmware: "2.1" } },
  { labels: { firmware: "2.1", bench: "rig-08" } },
  { labels: { firmware: "3" } },
  { incomplete: true },
  { incomplete: false, benchIds: ["rig-03"] },
  {
    since: new Date("2026-08-10Z"),
    benchIds: ["rig-01", "rig-02"],
    labels: { shift: "night" },
  },
];

/** What a filter finds, the newest first, without any server. */
function found(filter: RunFilter): MadeRun[] {
  const { since, until, benchIds, runIds, labels = {}, incomplete } = filter;
  const isWanted = (run: MadeRun) =>
    (since === undefined || Date.parse(run.savedAt) >= since.getTime()) &&
    (until === undefined || Date.parse(run.savedAt) < until.getTime()) &&
    (benchIds?.includes(run.benchId) ?? true) &&
    (incomplete ?? run.incomplete) === run.incomplete &&
    (runIds?.includes(run.runId) ?? true) &&
    Object.entries(labels).every(([name, it]) => run.labels?.[name] === it);
  const key = (run: MadeRun) => `${run.benchId} ${run.runId}`;
  return RUNS.filter(isWanted).sort((a, b) =>
    a.savedAt === b.savedAt
      ? key(a) < key(b) ? -1 : 1
      : a.savedAt > b.savedAt
      ? -1
      : 1
  );
}

/** Asks one server and four, which have to agree. */
async function ask<T>(
  question: (fleet: FleetReader) => Promise<T>,
): Promise<T> {
  const answer = await question(one().reader);
  assertEquals(await question(four().reader), answer);
  return answer;
}

serverTest(
  "FleetReader.recentRuns() finds the newest runs that a filter lets through, on one server as on four",
  async () => {
    for (const filter of FILTERS) {
      for (const limit of [0, 1, 10, Infinity]) {
        const wanted = found(filter).slice(0, limit).map((run) => ({
          benchId: run.benchId,
          runId: run.runId,
          savedAt: new Date(run.savedAt.slice(0, 23) + "Z"),
          totalMeasurements: durationsOf(run, "fault_detection").length +
            durationsOf(run, "agent_decision").length,
          incomplete: run.incomplete,
          labels: run.labels,
        }));
        const runs = await ask((it) => it.recentRuns({ ...filter, limit }));
        assertEquals(runs as unknown, wanted);
      }
    }
  },
);

function durationsOf(run: MadeRun, type: string, satellite?: string): number[] {
  const series = run.durationsMs[type]!;
  return satellite === undefined
    ? Object.values(series).flat()
    : [...series[satellite] ?? []];
}

serverTest(
  "FleetReader.history() gives a figure of the runs that a filter lets through, on one server as on four",
  async () => {
    for (const filter of FILTERS) {
      for (const satelliteId of [undefined, "SÄT'3\""]) {
        const wanted = found(filter).map((run) => {
          const sorted = Float64Array.from(
            durationsOf(run, "fault_detection", satelliteId),
          ).sort();
          return {
            benchId: run.benchId,
            runId: run.runId,
            savedAt: new Date(run.savedAt.slice(0, 23) + "Z"),
            valueMs: sorted[quantileRank(sorted.length, 0.95)],
            count: sorted.length,
          };
        });
        const question = {
          ...{ ...filter, metricType: "fault_detection", satelliteId },
          figure: "p95_ms" as const,
        };
        const points = await ask((it) => it.history(question));
        assertEquals(points as unknown, wanted);
        const newest = await ask((it) => it.history({ ...question, limit: 3 }));
        assertEquals(newest, points.slice(0, 3));
      }
    }
  },
);

serverTest(
  "FleetReader.history() leaves out runs whose summary lacks the figure",
  async () => {
    const { admin } = one().fleets[0]!;
    const question = {
      ...{ metricType: "fault_detection", satelliteId: "SAT1" },
      ...{ figure: "p99_ms" as const, benchIds: ["rig-00"] },
    };
    const fleet = one().reader;
    const before = await fleet.history(question);
    await admin`update fleet.series set p99_ms = null
      where bench_id = 'rig-00' and run_id = 'run_4'`;
    const after = await fleet.history(question);
    assertEquals(after, before.filter(({ runId }) => runId !== "run_4"));
    assertEquals(after.length, before.length - 1);
  },
);

const QUANTILES = [0, 0.001, 0.5, 0.95, 0.99, 1];

serverTest(
  "FleetReader.percentiles() keeps the relative error that it prints, on one server as on four",
  async () => {
    for (const filter of FILTERS) {
      for (const satelliteId of [undefined, "SAT2"]) {
        const runs = found(filter);
        const durations = Float64Array.from(
          runs.flatMap((it) => durationsOf(it, "fault_detection", satelliteId)),
        ).sort();
        const answer = await ask((it) =>
          it.percentiles({
            ...{ ...filter, metricType: "fault_detection", satelliteId },
            quantiles: QUANTILES,
          })
        );
        requireGuarantee(answer, durations);
        assertEquals(
          answer.benchCount,
          new Set(runs.map((it) => it.benchId)).size,
        );
        assertEquals(
          answer.seriesCount,
          runs.length * (satelliteId === undefined ? 3 : 1),
        );
      }
    }
  },
);

function requireGuarantee(
  answer: FleetPercentiles,
  sorted: Float64Array,
): void {
  assertEquals(answer.relativeError, 0.005);
  assertEquals(
    answer.guarantee,
    "each percentile is within 0.5 % of the exact one, whatever the durations are",
  );
  assertEquals(answer.count, sorted.length);
  assertEquals(answer.minMs, sorted[0]);
  assertEquals(answer.maxMs, sorted.at(-1));
  if (sorted.length === 0) {
    assertEquals(answer.percentiles, []);
    assertEquals(answer.meanMs, undefined);
    return;
  }
  const sum = sorted.reduce((sum, it) => sum + it, 0);
  assertAlmostEquals(answer.meanMs!, sum / sorted.length, 1e-9);
  assertEquals(answer.percentiles.map((it) => it.quantile), QUANTILES);
  for (const { quantile, valueMs, atLeastMs, atMostMs } of answer.percentiles) {
    const exact = sorted[quantileRank(sorted.length, quantile)]!;
    assert(Math.abs(valueMs - exact) <= 0.005 * Math.abs(exact));
    assert(atLeastMs <= exact && exact <= atMostMs, `${quantile}`);
    assert(atLeastMs <= valueMs && valueMs <= atMostMs);
  }
}

serverTest(
  "FleetReader.percentiles() says how many series have no sketch",
  async () => {
    const { admin } = one().fleets[0]!;
    await admin.begin(async (sql) => {
      await sql`update fleet.series set sketch = null
        where bench_id = 'rig-12' and satellite_id = 'SAT1'`;
    });
    const fleet = one().reader;
    const question = { metricType: "agent_decision" };
    const { missingSeriesCount, seriesCount, benchCount } = await fleet
      .percentiles(question);
    assertEquals({ missingSeriesCount, seriesCount, benchCount }, {
      missingSeriesCount: 9,
      seriesCount: 12 * 9,
      benchCount: 12,
    });
  },
);

serverTest(
  "FleetReader.percentiles() names the run whose sketch is damaged",
  async () => {
    const { admin } = one().fleets[0]!;
    await admin`update fleet.series
      set sketch = set_byte(sketch, 20, get_byte(sketch, 20) # 1)
      where bench_id = 'rig-11' and run_id = 'run_3'
        and metric_type = 'agent_decision' and sketch is not null`;
    const fleet = one().reader;
    const error = await assertRejects(
      () => fleet.percentiles({ metricType: "agent_decision" }),
      FleetError,
      'run "run_3" of bench "rig-11": Byte',
    );
    assertEquals(error.code, "DAMAGED");
  },
);

serverTest(
  "FleetReader.outliers() finds the bench that is slower, and no other",
  async () => {
    const answer = await ask((it) =>
      it.outliers({ metricType: "agent_decision", figure: "p50_ms" })
    );
    assertEquals(answer.outliers.map((it) => it.benchId), [SLOW_BENCH]);
    const [slow] = answer.outliers;
    assertEquals(slow!.runCount, 9);
    assert(slow!.deviation > answer.threshold!);
    assertEquals(
      slow!.deviation,
      (slow!.valueMs - answer.medianMs!) / answer.scaleMs!,
    );
    assertEquals(answer.benchCount, 13);
    assertEquals(answer.undecided, undefined);
  },
);

serverTest(
  "FleetReader.outliers() calls none where benches or runs are too few, and says so",
  async () => {
    const question = {
      ...{ metricType: "agent_decision", figure: "p50_ms" as const },
    };
    const few = await ask((it) =>
      it.outliers({ ...question, benchIds: ["rig-04", SLOW_BENCH] })
    );
    assertEquals(few.outliers, []);
    assertEquals(few.benchCount, 2);
    assertEquals(
      few.undecided,
      "2 benches are too few to say what is usual: it takes 10",
    );
    const fewRuns = await ask((it) =>
      it.outliers({ ...question, minRuns: 10 })
    );
    assertEquals(fewRuns.fewRunsCount, 13);
    assertEquals(fewRuns.undecided, "there are no benches");
  },
);

serverTest(
  "FleetReader.benches() lists by id the benches that have pushed",
  async () => {
    const benches = await ask((it) => it.benches());
    assertEquals(
      benches.map(({ benchId }) => benchId),
      Array.from({ length: 13 }, (_, i) => `rig-${`${i}`.padStart(2, "0")}`),
    );
    assertEquals(benches[0], {
      benchId: "rig-00",
      pushedAt: new Date("2026-11-01T12:00:00Z"),
      clockAheadMs: -12.5,
    });
  },
);

serverTest(
  "FleetReader refuses a bench that is on two servers",
  async () => {
    using fleet = readerOf([...one().fleets, four().fleets[2]!]);
    const questions = [
      () => fleet.benches(),
      () => fleet.recentRuns(),
      () => fleet.history({ metricType: "agent_decision", figure: "p50_ms" }),
      () => fleet.percentiles({ metricType: "fault_detection" }),
      () => fleet.outliers({ metricType: "agent_decision", figure: "p50_ms" }),
    ];
    for (const question of questions) {
      const error = await assertRejects(question, FleetError);
      assertEquals(error.code, "BENCH_TWICE", error.message);
    }
  },
);

serverTest(
  "FleetReader gives no answer while one of its servers is away",
  async () => {
    const [, , away] = four().fleets;
    const fleet = four().reader;
    await fleet.recentRuns();
    await away!.server.stop();
    const error = await assertRejects(() => fleet.recentRuns(), FleetError);
    assertEquals(error.code, "UNREACHABLE");
    assert(error.message.includes(`:${away!.server.port}/`), error.message);
    await away!.server.restart();
    assertEquals((await fleet.recentRuns()).length, 10);
  },
);

Deno.test("FleetReader refuses options that are none", async () => {
  using fleet = new FleetReader({
    ...{ host: "127.0.0.1", database: "none", user: "none" },
  });
  const metric = { metricType: "a", figure: "p50_ms" } as const;
  // deno-lint-ignore no-explicit-any
  const wrong = (it: unknown) => it as any;
  const cases: [() => Promise<unknown>, typeof TypeError][] = [
    [() => fleet.recentRuns({ limit: -1 }), RangeError],
    [() => fleet.recentRuns({ limit: wrong("1") }), TypeError],
    [() => fleet.recentRuns({ since: new Date("no") }), RangeError],
    [() => fleet.recentRuns({ until: wrong("2026") }), TypeError],
    [() => fleet.recentRuns({ benchIds: wrong("a") }), TypeError],
    [() => fleet.recentRuns({ runIds: wrong([1]) }), TypeError],
    [() => fleet.recentRuns({ labels: wrong({ a: 1 }) }), TypeError],
    [() => fleet.recentRuns({ incomplete: wrong(1) }), TypeError],
    [() => fleet.history({ ...metric, figure: wrong("p42_ms") }), TypeError],
    [() => fleet.history({ ...metric, metricType: wrong(1) }), TypeError],
    [() => fleet.history({ ...metric, satelliteId: wrong(1) }), TypeError],
    [() => fleet.percentiles({ ...metric, quantiles: [95] }), RangeError],
    [() => fleet.outliers({ ...metric, minRuns: 0 }), RangeError],
  ];
  for (const [question, kind] of cases) {
    const error = await assertRejects(question, kind);
    assert(!(error instanceof FleetError));
  }
});

Deno.test("FleetReader refuses no server, one that is named twice, and no time to answer", () => {
  const server = { host: "db1", database: "fleet", user: "reader" };
  assertThrows(() => new FleetReader([]), RangeError, "must be a server");
  for (const timeoutMs of [0, Infinity, NaN]) {
    assertThrows(() => new FleetReader(server, { timeoutMs }), RangeError);
  }
  assertThrows(
    () => new FleetReader([server, { ...server, port: 5432 }]),
    RangeError,
    "named once: reader@db1:5432/fleet",
  );
});
