/**
 * The rivals that come as packages. Their names are not literals in an
 * `import()`, so that nothing but the task that runs them ever fetches them;
 * the versions are those whose binaries every mirror of npm has.
 */
const PACKAGES = {
  duckdb: "npm:@duckdb/node-api@1.5.5-r.5",
  polars: "npm:nodejs-polars@0.25.2",
  papaparse: "npm:papaparse@5.7.1",
  csvStringify: "npm:csv-stringify@6.9.0/sync",
} as const;

/** What is used of a connection to DuckDB. */
export interface DuckDb {
  run(sql: string): Promise<unknown>;
  runAndReadAll(sql: string): Promise<{ getRows(): unknown[][] }>;
}

interface DuckDbModule {
  DuckDBInstance: {
    create(
      path: string,
      options: Record<string, string>,
    ): Promise<{ connect(): Promise<DuckDb> }>;
  };
}

/** A column or expression of Polars, as far as it is used. */
export interface PolarsExpression {
  quantile(quantile: number, interpolation: string): PolarsExpression;
  count(): PolarsExpression;
  mean(): PolarsExpression;
  min(): PolarsExpression;
  max(): PolarsExpression;
  alias(name: string): PolarsExpression;
}

/** A data frame of Polars, as far as it is used. */
export interface PolarsFrame {
  height: number;
  getColumn(name: string): { sum(): number };
  writeCSV(options?: Record<string, unknown>): Uint8Array;
  groupBy(...by: string[]): {
    agg(...expressions: PolarsExpression[]): PolarsFrame;
  };
  toRecords(): Record<string, unknown>[];
}

/** What is used of Polars. */
export interface Polars {
  readCSV(path: string, options?: Record<string, unknown>): PolarsFrame;
  col(name: string): PolarsExpression;
}

/** What is used of Papa Parse. */
export interface PapaParse {
  parse(text: string): { data: string[][] };
  unparse(rows: unknown[][], options: { newline: string }): string;
}

/** What is used of csv-stringify. */
export type CsvStringify = (
  rows: unknown[][],
  options: { record_delimiter: string },
) => string;

type Skip = (reason: string) => void;

const tried = new Set<string>();

async function load<T>(
  specifier: string,
  skip: Skip,
): Promise<T | undefined> {
  try {
    return await import(specifier) as T;
  } catch (error) {
    if (!tried.has(specifier)) skip(`${specifier} does not load: ${error}`);
    tried.add(specifier);
    return undefined;
  }
}

/** A new in-memory database with two threads. */
export async function openDuckDb(skip: Skip): Promise<DuckDb | undefined> {
  const module = await load<DuckDbModule>(PACKAGES.duckdb, skip);
  const database = await module?.DuckDBInstance.create(":memory:", {
    threads: "2",
  });
  return await database?.connect();
}

/** Polars. */
export async function loadPolars(skip: Skip): Promise<Polars | undefined> {
  return (await load<{ default: Polars }>(PACKAGES.polars, skip))?.default;
}

/** Papa Parse. */
export async function loadPapaParse(
  skip: Skip,
): Promise<PapaParse | undefined> {
  return (await load<{ default: PapaParse }>(PACKAGES.papaparse, skip))
    ?.default;
}

/** The synchronous function of csv-stringify. */
export async function loadCsvStringify(
  skip: Skip,
): Promise<CsvStringify | undefined> {
  return (await load<{ stringify: CsvStringify }>(
    PACKAGES.csvStringify,
    skip,
  ))?.stringify;
}
