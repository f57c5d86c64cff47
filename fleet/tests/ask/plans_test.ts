import { assert, assertEquals } from "@std/assert";
import type { Fragment, ISql, Sql } from "postgres";
import { historyQuery } from "../../src/ask/history.ts";
import { benchFiguresQuery } from "../../src/ask/outliers.ts";
import { sketchesQuery } from "../../src/ask/percentiles.ts";
import { recentRunsQuery } from "../../src/ask/recent_runs.ts";
import type { RunFilter } from "../../src/ask/run_filter.ts";
import { TestFleet } from "../_fleet.ts";
import { serverTest, shared } from "../_server_test.ts";

/** Benches and runs of each from June to November: enough for indexes to pay. */
const BENCHES = 40;
const RUNS = 200;

/** A fleet, and one who asks. */
interface Asked extends AsyncDisposable {
  readonly fleet: TestFleet;
  readonly reader: Sql;
}

const asked = shared(async (): Promise<Asked> => {
  const fleet = await TestFleet.start();
  await fill(fleet.admin);
  const dispose = () => fleet[Symbol.asyncDispose]();
  return { fleet, reader: fleet.as("reader"), [Symbol.asyncDispose]: dispose };
});

async function fill(sql: Sql): Promise<void> {
  await sql`insert into fleet.benches
    select 'bench-' || b from generate_series(1, ${BENCHES}::int) b`;
  await sql`select fleet.make_month(month)
    from generate_series('2026-06-02Z', '2026-11-02Z', interval '1 month') month`;
  const at = sql`timestamptz '2026-06-01Z' + (r * 0.75) * interval '1 day'
    + b * interval '1 minute'`;
  await sql`insert into fleet.runs
    (bench_id, saved_at, run_id, total_measurements, is_incomplete, labels, summary)
    select 'bench-' || b, ${at}, 'run_' || r, 1000, false,
      jsonb_build_object('firmware', '2.' || r % 50, 'host', b::text),
      convert_to(repeat('x', 300), 'UTF8')
    from generate_series(1, ${BENCHES}::int) b, generate_series(1, ${RUNS}::int) r`;
  await sql`insert into fleet.series
    (bench_id, saved_at, run_id, metric_type, satellite_id, count, p95_ms, sketch)
    select 'bench-' || b, ${at}, 'run_' || r, metric, satellite, 1000, r,
      convert_to(repeat('x', 200), 'UTF8')
    from generate_series(1, ${BENCHES}::int) b, generate_series(1, ${RUNS}::int) r,
      unnest(array['detection', 'decision', 'recovery']) metric,
      unnest(array['SAT1', 'SAT2', null]) satellite`;
  await sql`analyze`;
}

/** A node of a plan, as the server prints it. */
interface PlanNode {
  readonly "Node Type": string;
  readonly "Relation Name"?: string;
  readonly "Index Name"?: string;
  readonly Plans?: readonly PlanNode[];
}

/** What a question goes through, as a reader. */
async function planOf(
  query: (sql: ISql) => Fragment,
): Promise<PlanNode[]> {
  const { reader } = asked();
  const [row] = await reader`explain (format json) ${query(reader)}`;
  const nodes: PlanNode[] = [row!["QUERY PLAN"][0].Plan];
  for (const { Plans = [] } of nodes) nodes.push(...Plans);
  return nodes;
}

/** The months whose tables or indexes a plan touches. */
function monthsOf(plan: readonly PlanNode[]): string[] {
  const names = plan.flatMap((it) =>
    [it["Relation Name"], it["Index Name"]].filter((name) => name !== undefined)
  );
  return [...new Set(names.flatMap((it) => it.match(/2026_\d\d/) ?? []))]
    .sort();
}

const WEEK: RunFilter = {
  since: new Date("2026-09-10Z"),
  until: new Date("2026-09-17Z"),
};
const TWO_MONTHS: RunFilter = {
  since: new Date("2026-08-20Z"),
  until: new Date("2026-09-10Z"),
};

/** Every question, as asked of a filter. */
const QUESTIONS: Readonly<
  Record<string, (sql: ISql, filter: RunFilter) => Fragment>
> = {
  recentRuns: (sql, filter) => recentRunsQuery(sql, filter, 10),
  history: (sql, filter) =>
    historyQuery(sql, {
      ...{ ...filter, metricType: "detection", figure: "p95_ms" },
      limit: Infinity,
    }),
  percentiles: (sql, filter) =>
    sketchesQuery(sql, { ...filter, metricType: "detection" }),
  "percentiles of a satellite": (sql, filter) =>
    sketchesQuery(sql, {
      ...{ ...filter, metricType: "detection", satelliteId: "SAT1" },
    }),
  outliers: (sql, filter) =>
    benchFiguresQuery(sql, {
      ...{ ...filter, metricType: "detection", figure: "p95_ms" },
    }),
};

const FILTERS: Readonly<Record<string, RunFilter>> = {
  "all benches": {},
  "one bench": { benchIds: ["bench-7"] },
  "some benches": { benchIds: ["bench-7", "bench-8"] },
  "a label": { labels: { firmware: "2.7" } },
  "a label of a bench": { benchIds: ["bench-7"], labels: { firmware: "2.7" } },
};

for (const [question, query] of Object.entries(QUESTIONS)) {
  for (const [what, filter] of Object.entries(FILTERS)) {
    serverTest(
      `the question for ${question} of ${what} goes through the months asked for alone, by an index`,
      async () => {
        const week = await planOf((sql) => query(sql, { ...filter, ...WEEK }));
        assertEquals(monthsOf(week), ["2026_09"]);
        const isScan = (it: PlanNode) => it["Node Type"] === "Seq Scan";
        assertEquals(week.filter(isScan), []);
        const longer = await planOf((sql) =>
          query(sql, { ...filter, ...TWO_MONTHS })
        );
        assertEquals(monthsOf(longer), ["2026_08", "2026_09"]);
        assertEquals(longer.filter(isScan), []);
      },
    );
  }
}

serverTest(
  "the newest runs of all time are found by an index, month by month",
  async () => {
    for (const filter of [{}, { benchIds: ["bench-7"] }]) {
      const plan = await planOf((sql) => recentRunsQuery(sql, filter, 10));
      assert(plan.every((it) => it["Node Type"] !== "Seq Scan"));
      assert(plan.some((it) => it["Node Type"] === "Limit"));
    }
  },
);

serverTest(
  "every question is one that a reader may ask while nothing is written, and shows a bench nothing of others",
  async () => {
    const { fleet, reader } = asked();
    const bench = fleet.as("bench_rig-1");
    for (const query of Object.values(QUESTIONS)) {
      assertEquals([...await query(bench, {})], []);
    }
    await reader.begin("read only", async (sql) => {
      for (const query of Object.values(QUESTIONS)) {
        assert((await query(sql, {})).length > 0);
      }
    });
  },
);

serverTest(
  "every question joins by the bench and aggregates bench by bench, so that Citus can hand it to its shards",
  async () => {
    for (const [name, query] of Object.entries(QUESTIONS)) {
      const labels = { firmware: "2.7" };
      const { string } = await query(asked().reader, { labels }).describe();
      const text = string.replace(/\s+/g, " ");
      const tables = text.match(/fleet\.\w+/g)!;
      if (tables.length > 1) {
        assertEquals(tables, ["fleet.series", "fleet.runs"], name);
        assert(
          text.includes("join fleet.runs r on r.bench_id = s.bench_id and"),
          text,
        );
      }
      if (/count\(|percentile_/.test(text)) {
        assert(text.includes("group by s.bench_id"), text);
      }
    }
  },
);
