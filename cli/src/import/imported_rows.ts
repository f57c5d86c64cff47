import type { NewMeasurement } from "@astraguard/hil-metrics";
import { ImportError, show } from "./import_error.ts";
import { type Instant, instantOf, secondsBetween } from "./instant.ts";
import { flawOf, NameTable } from "./name_table.ts";

/** Rows of a batch, and those that the earliest time is looked for in. */
export const BATCH_ROWS = 4096;

/** What rows are collected by. */
export interface ImportedRowsOptions {
  readonly metrics: ReadonlySet<string> | undefined;
  readonly timeOrigin: "first" | "earliest" | number;
  readonly badRows: "fail" | "skip";
}

/** A row with a timestamp that waits for the earliest of them. */
interface HeldRow {
  readonly row: NewMeasurement;
  readonly instant: Instant;
}

/** Measurements that have been read, checked as a collector checks them. */
export class ImportedRows {
  readonly #options: ImportedRowsOptions;
  readonly #names = new NameTable();
  #rows: NewMeasurement[] = [];
  #held: HeldRow[] | undefined;
  #origin: Instant | undefined;
  /** The line of the row that is being read. */
  line = 1;
  /** How many rows were measurements. */
  count = 0;
  /** How many bad rows were passed over. */
  skipped = 0;
  /** What was wrong with the first of them. */
  firstSkipped: ImportError | undefined;

  constructor(options: ImportedRowsOptions) {
    this.#options = options;
    const { timeOrigin } = options;
    if (timeOrigin === "earliest") this.#held = [];
    if (typeof timeOrigin === "number") this.#origin = instantOf(timeOrigin);
  }

  /** How many rows can be taken. */
  get length(): number {
    return this.#rows.length;
  }

  /** Whether rows of this metric type are wanted. */
  wants(metricType: string): boolean {
    return this.#options.metrics?.has(metricType) ?? true;
  }

  /** Adds a row; without a scenario time, that is the time since the origin. */
  add(
    metricType: string,
    satelliteId: string,
    durationMs: number,
    scenarioTimeS: number | undefined,
    instant: Instant | undefined,
  ): void {
    const metric = this.#names.find(metricType);
    if (metric === undefined) return this.#nameFault("metric type", metricType);
    const satellite = this.#names.find(satelliteId);
    if (satellite === undefined) {
      return this.#nameFault("satellite", satelliteId);
    }
    const row = {
      metricType: metric,
      satelliteId: satellite,
      durationMs,
      scenarioTimeS: scenarioTimeS ?? 0,
      ...(instant === undefined ? undefined : { timestamp: instant.unixS }),
    };
    if (scenarioTimeS !== undefined || instant === undefined) {
      this.#push(row);
    } else if (this.#held !== undefined) {
      this.count++;
      this.#held.push({ row, instant });
      if (this.#held.length === BATCH_ROWS) this.#release();
    } else {
      this.#origin ??= instant;
      const sinceS = secondsBetween(this.#origin, instant);
      if (sinceS < 0) return this.#tooEarly(-sinceS);
      row.scenarioTimeS = sinceS;
      this.#push(row);
    }
  }

  /** The row that is being read is bad; `remedy` says what to do about it. */
  fault(reason: string, remedy?: string): void {
    const { badRows } = this.#options;
    // An error costs more than a row, and only the first is shown.
    if (badRows === "fail" || this.firstSkipped === undefined) {
      const error = new ImportError("BAD_ROW", reason, {
        line: this.line,
        remedy,
      });
      if (badRows === "fail") throw error;
      this.firstSkipped = error;
    }
    this.skipped++;
  }

  /** No more rows will come. */
  finish(): void {
    if (this.#held !== undefined) this.#release();
  }

  /** Takes the rows, up to the size of a batch. */
  take(): NewMeasurement[] {
    if (this.#rows.length <= BATCH_ROWS) {
      const rows = this.#rows;
      this.#rows = [];
      return rows;
    }
    return this.#rows.splice(0, BATCH_ROWS);
  }

  #push(row: NewMeasurement): void {
    this.count++;
    this.#rows.push(row);
  }

  #release(): void {
    const held = this.#held!;
    this.#held = undefined;
    let origin = held[0]?.instant;
    for (const { instant } of held) {
      if (secondsBetween(origin!, instant) < 0) origin = instant;
    }
    this.#origin = origin;
    for (const { row, instant } of held) {
      const scenarioTimeS = secondsBetween(origin!, instant);
      this.#rows.push({ ...row, scenarioTimeS });
    }
  }

  #nameFault(what: string, name: string): void {
    this.fault(`the ${what} is ${flawOf(name)}: ${show(name)}`);
  }

  #tooEarly(earlierS: number): void {
    const { timeOrigin } = this.#options;
    const origin = timeOrigin === "first"
      ? "that of the first row"
      : timeOrigin === "earliest"
      ? `the earliest of the first ${BATCH_ROWS} rows`
      : "the origin";
    this.fault(
      `the timestamp is ${earlierS} s before ${origin}`,
      "tell the Unix time in seconds at which scenario time is 0",
    );
  }
}
