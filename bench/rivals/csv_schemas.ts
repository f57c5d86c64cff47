/** Arguments of DuckDB's `read_csv` that leave nothing to be guessed. */
export const DUCKDB_CSV = `auto_detect = false, header = true, delim = ',',
  quote = '"', escape = '"', new_line = '\\r\\n', columns = {
    'timestamp': 'double', 'metric_type': 'varchar', 'satellite_id': 'varchar',
    'duration_ms': 'double', 'scenario_time_s': 'double'
  }`;

/** Options of Polars' `readCSV` that spare it the guessing. */
export const POLARS_CSV = { inferSchemaLength: 1, rechunk: false };
