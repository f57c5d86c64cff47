import { parse } from "@std/csv";
import { MetricsStorage } from "../../../mod.ts";
import { columnsOf } from "../../../src/record/latency_collector.ts";
import { MeasurementColumns } from "../../../src/columns/measurement_columns.ts";
import { columnSums } from "../column_sums.ts";
import { DUCKDB_CSV, POLARS_CSV } from "../csv_schemas.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { loadPapaParse, loadPolars, openDuckDb } from "../packages.ts";
import { race, type Racer } from "../race.ts";
import type { RivalRow } from "../rival_row.ts";

/** The rivals' rows, put into the same columns. */
function toColumns(rows: Iterable<readonly string[]>): MeasurementColumns {
  const columns = new MeasurementColumns();
  let isHeader = true;
  for (const [timestamp, metricType, satelliteId, duration, time] of rows) {
    if (isHeader || metricType === undefined) {
      isHeader = false;
      continue;
    }
    const code = columns.findSeries(metricType, satelliteId!) ??
      columns.addSeries(metricType, satelliteId!);
    columns.append(Number(timestamp), code, Number(duration), Number(time));
  }
  return columns;
}

function* splitRows(text: string): Generator<string[]> {
  for (const line of text.split("\r\n")) yield line.split(",");
}

function racer(
  load: () => MeasurementColumns | Promise<MeasurementColumns>,
  goal?: number,
): Racer {
  return {
    run: load,
    answer: async () => columnSums(await load()),
    ...goal !== undefined && { goal },
  };
}

/** A run's CSV back into columns. */
export const load: RivalRow = {
  name: "load",
  async measure(context) {
    const { rows, directory, skip } = context;
    const storage = new MetricsStorage("run", {
      resultsDir: directory,
      durability: "none",
    });
    const { raw } = await storage.saveLatencyStats(largeRun(rows));
    const papaParse = await loadPapaParse(skip);
    const polars = await loadPolars(skip);
    const database = await openDuckDb(skip);
    const table = `create or replace table runs as
      select * from read_csv('${raw}', ${DUCKDB_CSV})`;
    const text = () => Deno.readTextFileSync(raw);
    return await race({
      what: `load, ${rows.toLocaleString("en")} rows, verified`,
      package: racer(async () => columnsOf(await storage.loadMeasurements())),
      rivals: {
        "package, unverified": racer(async () =>
          columnsOf(await storage.loadMeasurements({ verify: false }))
        ),
        "DuckDB read_csv": database && {
          goal: 0.6,
          run: () => database.run(table),
          answer: async () => {
            await database.run(table);
            const result = await database.runAndReadAll(
              `select count(*), sum(timestamp), sum(duration_ms),
                sum(scenario_time_s) from runs`,
            );
            return result.getRows()[0]!.map(Number);
          },
        },
        "Polars readCSV": polars && {
          run: () => polars.readCSV(raw, POLARS_CSV),
          answer: () => {
            const frame = polars.readCSV(raw, POLARS_CSV);
            const sum = (name: string) => frame.getColumn(name).sum();
            return [
              frame.height,
              sum("timestamp"),
              sum("duration_ms"),
              sum("scenario_time_s"),
            ];
          },
        },
        "naive split": racer(() => toColumns(splitRows(text()))),
        "@std/csv": racer(() => toColumns(parse(text())), 0.05),
        "papaparse": papaParse &&
          racer(() => toColumns(papaParse.parse(text()).data)),
      },
    }, context);
  },
};
