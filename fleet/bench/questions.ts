import { assert, assertEquals } from "@std/assert";
import type { Sql } from "postgres";
import { measureRounds } from "../../bench/lib/measure/rounds.ts";
import { watchLoop } from "../../bench/lib/measure/watch_loop.ts";
import { historyQuery } from "../src/ask/history.ts";
import { sketchesQuery } from "../src/ask/percentiles.ts";
import { recentRunsQuery } from "../src/ask/recent_runs.ts";
import { durationsOf, type FilledFleet, savedAt } from "./filled_fleet.ts";
import type { FleetRow } from "./fleet_row.ts";

/** 20 benches with 75 runs each: 1,500 series. */
const RUNS = { from: 200, to: 275 } as const;
const SERIES = 1500;
const POINTS = 1000;

const WANTED = {
  metricType: "fault_detection",
  satelliteId: "SAT1",
  since: savedAt(RUNS.from),
  until: savedAt(RUNS.to),
};
const HISTORY = {
  metricType: "fault_detection",
  figure: "p95_ms",
  benchIds: ["bench-7"],
} as const;

/** Measures questions beside the same SQL through the client alone. */
export async function measureQuestions(
  { fleet, reader }: FilledFleet,
): Promise<FleetRow[]> {
  const sql = fleet.as("reader");
  const rows: FleetRow[] = [];
  const race = async (
    what: string,
    ours: () => Promise<unknown>,
    rival: string,
    bare: () => Promise<unknown>,
    goal?: number,
  ): Promise<void> => {
    const times = await measureRounds(
      { ours: { run: ours }, bare: { run: bare } },
      { minRounds: 15 },
    );
    const [first, second] = [median(times.ours!), median(times.bare!)];
    rows.push({ what, ours: first, rival, rivals: second, goal });
  };

  const answer = await reader.percentiles(WANTED);
  assertEquals(answer.seriesCount, SERIES);
  await race(
    `percentiles of ${SERIES.toLocaleString("en")} series`,
    () => reader.percentiles(WANTED),
    "their sketches by bare SQL, not merged",
    () => sketchesQuery(sql, WANTED),
    20,
  );
  await enterDurations(fleet.admin);
  const [exact] = await percentilesInSql(fleet.admin);
  for (const [i, { valueMs, quantile }] of answer.percentiles.entries()) {
    // The server's definition interpolates: between neighbours of 1.5 M.
    const off = Math.abs(valueMs / exact!.found[i]! - 1);
    assert(off < answer.relativeError + 1e-4, `${quantile}: ${off}`);
  }
  await race(
    `percentiles of ${SERIES.toLocaleString("en")} series`,
    () => reader.percentiles(WANTED),
    "percentile_disc over their 1,500,000 rows",
    () => percentilesInSql(fleet.admin),
  );
  assertEquals((await reader.history(HISTORY)).length, POINTS);
  await race(
    `history of ${POINTS.toLocaleString("en")} points`,
    () => reader.history(HISTORY),
    "the same by bare SQL",
    () => historyQuery(sql, { ...HISTORY, limit: Infinity }),
    5,
  );
  await race(
    "10 newest of 20,000 runs",
    () => reader.recentRuns(),
    "the same by bare SQL",
    () => recentRunsQuery(sql, {}, 10),
  );
  await race(
    "outliers of 20 benches, 20,000 runs",
    () => reader.outliers({ metricType: "fault_detection", figure: "p95_ms" }),
    "the same by bare SQL",
    () =>
      sql`select bench_id, count(*),
          percentile_cont(0.5) within group (order by p95_ms)
        from fleet.series
        where metric_type = 'fault_detection' and satellite_id is null
        group by bench_id`,
  );
  return rows;
}

/** The longest that questions hold the event loop, in milliseconds. */
export async function holdOfQuestions(
  { reader }: FilledFleet,
): Promise<number> {
  let workMs = 0;
  for (let i = 0; i < 5; i++) {
    const questions = async () => {
      await reader.percentiles({ metricType: "fault_detection" });
      await reader.history({ metricType: "fault_detection", figure: "p50_ms" });
    };
    workMs = Math.max(workMs, (await watchLoop(questions)).workMs);
  }
  return workMs;
}

/** The rows that those sketches stand for, as a table of raw values. */
async function enterDurations(sql: Sql): Promise<void> {
  await sql`create unlogged table durations (value_ms double precision)`;
  for (let bench = 0; bench < 20; bench++) {
    for (let run = RUNS.from; run < RUNS.to; run++) {
      await sql`insert into durations select unnest(${
        sql.array(durationsOf(run + bench), 701)
      }::float8[])`;
    }
  }
  await sql`vacuum analyze durations`;
}

function percentilesInSql(sql: Sql) {
  return sql<{ found: number[] }[]>`
    select percentile_disc(array[0.5, 0.95, 0.99])
      within group (order by value_ms) as found
    from durations`;
}

function median(times: readonly number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1]!;
}
