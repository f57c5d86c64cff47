import { zstdCompressSync } from "node:zlib";
import type { ParquetCodec } from "./parquet.ts";

/**
 * zstd for the pages of a Parquet file: a quarter smaller than snappy, and read
 * by DuckDB, Polars and pyarrow. To import it costs a process 10 to 40 ms.
 */
export const parquetZstd: ParquetCodec = {
  name: "ZSTD",
  compress: (page) => zstdCompressSync(page),
};
