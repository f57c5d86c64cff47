import { columnsOf } from "../../../src/record/latency_collector.ts";
import type { LatencyCollector } from "../../../mod.ts";
import type { ColumnsView } from "../../../src/columns/measurement_columns.ts";
import { encodeCsv } from "../../../src/formats/csv/csv_encoder.ts";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { summarize } from "../../../src/statistics/summarize.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { type DuckDb, loadPolars, openDuckDb } from "../packages.ts";
import { DUCKDB_CSV, POLARS_CSV } from "../csv_schemas.ts";
import { race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";

/** Quantile, count, least, greatest and mean: one line a group. */
type Line = readonly number[];

const QUANTILES = [0.5, 0.95, 0.99];
/** The rivals take the rank before or after ours where a product is whole. */
const TOLERANCE = 0.01;

/** Sums of the columns of all lines, so that their order does not matter. */
function sumLines(lines: readonly Line[]): number[] {
  return [
    lines.length,
    ...[0, 1, 2, 3, 4, 5, 6].map((column) =>
      lines.reduce((sum, line) => sum + line[column]!, 0)
    ),
  ];
}

function ownLines(columns: ColumnsView): Line[] {
  const { byType, bySatellite } = runAtOnce(summarize(columns));
  const stats = [
    ...byType.map(([, it]) => it),
    ...bySatellite.flatMap(([, types]) => types.map(([, it]) => it)),
  ];
  return stats.map((it) => [
    it.p50_ms,
    it.p95_ms,
    it.p99_ms,
    it.count,
    it.min_ms ?? 0,
    it.max_ms,
    it.mean_ms,
  ]);
}

function naiveLines(collector: LatencyCollector): () => Line[] {
  const objects = [...collector.measurements];
  return () => {
    const groups = new Map<string, number[]>();
    for (const { metricType, satelliteId, durationMs } of objects) {
      for (const key of [metricType, `${satelliteId}/${metricType}`]) {
        const group = groups.get(key);
        if (group === undefined) groups.set(key, [durationMs]);
        else group.push(durationMs);
      }
    }
    return [...groups.values()].map((group) => {
      const sorted = Float64Array.from(group).sort();
      const count = sorted.length;
      return [
        ...QUANTILES.map((quantile) => sorted[Math.floor(count * quantile)]!),
        count,
        sorted[0]!,
        sorted[count - 1]!,
        sorted.reduce((sum, it) => sum + it, 0) / count,
      ];
    });
  };
}

function duckDbLines(database: DuckDb): () => Promise<Line[]> {
  const aggregates = `quantile_disc(duration_ms, [${QUANTILES}]),
    count(*), min(duration_ms), max(duration_ms), avg(duration_ms)`;
  const query = async (groups: string) => {
    const result = await database.runAndReadAll(
      `select ${aggregates} from runs group by ${groups}`,
    );
    return result.getRows().map(([quantiles, ...others]) => [
      ...(quantiles as { items: number[] }).items,
      ...others.map(Number),
    ]);
  };
  return async () => [
    ...await query("metric_type"),
    ...await query("metric_type, satellite_id"),
  ];
}

async function polarsLines(
  csv: string,
  { skip }: RowContext,
): Promise<(() => Line[]) | undefined> {
  const polars = await loadPolars(skip);
  if (polars === undefined) return undefined;
  const frame = polars.readCSV(csv, POLARS_CSV);
  const duration = polars.col("duration_ms");
  const aggregates = [
    ...QUANTILES.map((it) => duration.quantile(it, "higher").alias(`q${it}`)),
    duration.count().alias("count"),
    duration.min().alias("min"),
    duration.max().alias("max"),
    duration.mean().alias("mean"),
  ];
  const query = (...groups: string[]) =>
    frame.groupBy(...groups).agg(...aggregates).toRecords().map((record) => [
      ...QUANTILES.map((it) => Number(record[`q${it}`])),
      ...["count", "min", "max", "mean"].map((it) => Number(record[it])),
    ]);
  return () => [
    ...query("metric_type"),
    ...query("metric_type", "satellite_id"),
  ];
}

function racer(
  lines: () => Line[] | Promise<Line[]>,
  goal?: number,
): Racer {
  return {
    run: lines,
    answer: async () => sumLines(await lines()),
    tolerance: TOLERANCE,
    ...goal !== undefined && { goal },
  };
}

async function measure(
  skewed: boolean,
  goal: number,
  context: RowContext,
): Promise<RivalFigure[]> {
  const { rows, directory, skip } = context;
  const collector = largeRun(rows, skewed);
  const columns = columnsOf(collector).snapshot();
  const csv = `${directory}/${skewed ? "skewed" : "normal"}.csv`;
  using file = Deno.createSync(csv);
  for (const chunk of encodeCsv(columns)) file.writeSync(chunk);
  const database = await openDuckDb(skip);
  await database?.run(
    `create table runs as select * replace (
      metric_type::enum('fault_detection', 'agent_decision', 'recovery_action')
        as metric_type,
      satellite_id::enum('SAT1', 'SAT2', 'SAT3', 'SAT4', 'SAT5')
        as satellite_id
    ) from read_csv('${csv}', ${DUCKDB_CSV})`,
  );
  const polars = await polarsLines(csv, context);
  return await race({
    what: `statistics, ${rows.toLocaleString("en")} ${
      skewed ? "skewed rows" : "rows"
    }`,
    package: racer(() => ownLines(columns)),
    rivals: {
      "naive sort": racer(naiveLines(collector)),
      "DuckDB": database && racer(duckDbLines(database), goal),
      "Polars": polars && racer(polars),
    },
  }, context);
}

/** Statistics by type and by type and satellite. */
export const statistics: RivalRow = {
  name: "statistics",
  measure: async (context) => [
    ...await measure(false, 0.15, context),
    ...await measure(true, 0.3, context),
  ],
};
