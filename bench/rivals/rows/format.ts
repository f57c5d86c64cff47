import { stringify } from "@std/csv";
import { MeasurementColumns } from "../../../src/columns/measurement_columns.ts";
import { CsvDecoder } from "../../../src/formats/csv/csv_decoder.ts";
import { encodeCsv } from "../../../src/formats/csv/csv_encoder.ts";
import { columnsOf } from "../../../src/record/latency_collector.ts";
import {
  CSV_COLUMNS,
  type Measurement,
} from "../../../src/model/measurement.ts";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { columnSums } from "../column_sums.ts";
import { largeRun } from "../../lib/data/large_run.ts";
import { decimal, naiveCsv } from "../naive_csv.ts";
import { DUCKDB_CSV, POLARS_CSV } from "../csv_schemas.ts";
import {
  loadCsvStringify,
  loadPapaParse,
  loadPolars,
  openDuckDb,
} from "../packages.ts";
import { race, type Racer } from "../race.ts";
import type { RivalRow } from "../rival_row.ts";

type ToText = (rows: string[][]) => string;

/** Rows at a time; a million arrays at once would only cost the collector. */
const CHUNK_ROWS = 1000;

function byChunks(
  measurements: readonly Measurement[],
  toText: ToText,
): () => Generator<Uint8Array> {
  return function* () {
    const encoder = new TextEncoder();
    let rows: string[][] = [[...CSV_COLUMNS]];
    for (const it of measurements) {
      rows.push([
        decimal(it.timestamp),
        it.metricType,
        it.satelliteId,
        decimal(it.durationMs),
        decimal(it.scenarioTimeS),
      ]);
      if (rows.length === CHUNK_ROWS) {
        yield encoder.encode(toText(rows));
        rows = [];
      }
    }
    if (rows.length > 0) yield encoder.encode(toText(rows));
  };
}

function racer(chunks: () => Iterable<Uint8Array>, goal?: number): Racer {
  return {
    ...goal !== undefined && { goal },
    run: () => {
      let sizeBytes = 0;
      for (const chunk of chunks()) sizeBytes += chunk.length;
      return sizeBytes;
    },
    answer: () => {
      const columns = new MeasurementColumns();
      const decoder = new CsvDecoder(columns);
      for (const chunk of chunks()) runAtOnce(decoder.push(chunk));
      decoder.finish();
      return columnSums(columns);
    },
  };
}

/** One that cannot but write its bytes to a file. */
function fileRacer(path: string, run: () => Promise<unknown>): Racer {
  return {
    run,
    answer: async () => {
      await run();
      return await racer(() => [Deno.readFileSync(path)]).answer!();
    },
  };
}

/** Measurements to the bytes of their CSV. */
export const format: RivalRow = {
  name: "format",
  async measure(context) {
    const { rows, skip } = context;
    const collector = largeRun(rows);
    const columns = columnsOf(collector).snapshot();
    const objects = [...collector.measurements];
    const path = `${context.directory}/run.csv`;
    await collector.exportCsv(path);
    const frame = (await loadPolars(skip))?.readCSV(path, POLARS_CSV);
    const duckDb = await openDuckDb(skip);
    await duckDb?.run(
      `create table runs as from read_csv('${path}', ${DUCKDB_CSV})`,
    );
    const papaParse = await loadPapaParse(skip);
    const csvStringify = await loadCsvStringify(skip);
    return await race({
      what: `format CSV, ${rows.toLocaleString("en")} rows`,
      package: racer(() => encodeCsv(columns)),
      rivals: {
        "naive template": racer(() => naiveCsv(objects), 0.35),
        "@std/csv": racer(
          byChunks(objects, (it) => stringify(it, { headers: false })),
          0.2,
        ),
        "Polars writeCSV": frame && racer(() => [frame.writeCSV()]),
        "DuckDB copy to a file": duckDb &&
          fileRacer(
            path,
            () => duckDb.run(`copy runs to '${path}' (header, delimiter ',')`),
          ),
        "papaparse": papaParse && racer(byChunks(
          objects,
          (it) => papaParse.unparse(it, { newline: "\r\n" }) + "\r\n",
        )),
        "csv-stringify": csvStringify && racer(byChunks(
          objects,
          (it) => csvStringify(it, { record_delimiter: "\r\n" }),
        )),
      },
    }, context);
  },
};
