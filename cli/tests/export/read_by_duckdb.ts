/**
 * Reads exported Parquet files by DuckDB and holds them against what was
 * exported. It is a task of its own, since DuckDB is native code, for which the
 * tests have no permission: `deno task test:duckdb` in `cli/`.
 *
 * @module
 */
import { assert, assertEquals } from "@std/assert";
import type { RunMetrics } from "@astraguard/hil-metrics";
import { openDuckDb } from "../../../bench/rivals/packages.ts";
import { parquetOf, type ParquetOptions } from "../../src/export/parquet.ts";
import { parquetZstd } from "../../src/export/parquet_zstd.ts";
import { rowsOf, someBatches } from "./_batches.ts";

/** Batches of a run: groups that are full and not, and more than 14 of them. */
const LENGTHS = [16384, 16384, 16384, 16384, 16384, 9];

const METRICS = {
  run_id: "run_1",
  timestamp: "2026-02-09T15:03:21.250000",
  total_measurements: 81929,
  labels: { firmware: "4.2" },
} as unknown as RunMetrics;

const COLUMNS = [
  ["timestamp", "DOUBLE"],
  ["metric_type", "VARCHAR"],
  ["satellite_id", "VARCHAR"],
  ["duration_ms", "DOUBLE"],
  ["scenario_time_s", "DOUBLE"],
];

const CODECS: Readonly<
  Record<string, NonNullable<ParquetOptions["compression"]>>
> = { snappy: "snappy", none: "none", zstd: parquetZstd };

if (import.meta.main) {
  const duckDb = await openDuckDb(console.error);
  if (duckDb === undefined) Deno.exit(1);
  const query = async (sql: string) =>
    (await duckDb.runAndReadAll(sql)).getRows();
  const wanted = (await rowsOf(someBatches(...LENGTHS)))
    .map((row) => Object.values(row));
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, compression] of Object.entries(CODECS)) {
      const path = `${directory}/${name}.parquet`;
      const pieces = parquetOf(someBatches(...LENGTHS), {
        ...{ metrics: METRICS, compression },
      });
      await Deno.writeFile(path, ReadableStream.from(pieces));
      assertEquals(
        await query(`select column_name, column_type
          from (describe select * from '${path}')`),
        COLUMNS,
      );
      assertEquals(await query(`select * from '${path}'`), wanted);
      // Statistics of groups let most of them be passed over.
      const latest = wanted.at(-1)![4] as number;
      assertEquals(
        await query(`select count(*) from '${path}'
          where scenario_time_s >= ${latest}`),
        [[1n]],
      );
      const about = await query(`select decode(key), decode(value)
        from parquet_kv_metadata('${path}')`);
      assert(
        about.some(([key, value]) =>
          key === "hil_metrics.labels" && value === '{"firmware":"4.2"}'
        ),
      );
      console.log(`${name}: DuckDB reads ${wanted.length} rows as written`);
    }
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}
