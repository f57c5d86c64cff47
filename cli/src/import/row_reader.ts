import type { ColumnPlan } from "./column_plan.ts";
import { show } from "./import_error.ts";
import type { ImportedRows } from "./imported_rows.ts";
import { type Instant, readInstant } from "./instant.ts";
import { readDurationMs, readScaled, UNIT_EXPONENTS } from "./time_unit.ts";

/** The year 2286: later times were told in another unit. */
const LATEST_UNIX_S = 1e10;

/** The units that numbers are in, and where these stand. */
export type NumberPlan = Pick<
  ColumnPlan<unknown>,
  "durationUnit" | "timeUnit" | "timestampUnit" | "places"
>;

/** Makes rows of the texts of their fields. */
export class RowReader {
  readonly #rows: ImportedRows;
  readonly #plan: NumberPlan;
  readonly #decimal: "." | ",";

  constructor(rows: ImportedRows, plan: NumberPlan, decimal: "." | "," = ".") {
    this.#rows = rows;
    this.#plan = plan;
    this.#decimal = decimal;
  }

  /** Adds a row, or finds its fault. */
  read(
    metricType: string,
    satelliteId: string,
    duration: string,
    scenarioTime: string | undefined,
    timestamp: string | undefined,
  ): void {
    const rows = this.#rows;
    if (!rows.wants(metricType)) return;
    const { durationUnit, timeUnit, timestampUnit, places } = this.#plan;
    const durationMs = readDurationMs(this.#pointed(duration), durationUnit);
    if (!(durationMs >= 0 && durationMs < Infinity)) {
      return this.#numberFault(
        "duration",
        duration,
        durationMs,
        places.duration,
      );
    }
    let scenarioTimeS: number | undefined;
    if (scenarioTime !== undefined) {
      const text = this.#pointed(scenarioTime);
      scenarioTimeS = readScaled(text, UNIT_EXPONENTS[timeUnit]);
      if (!(scenarioTimeS >= 0 && scenarioTimeS < Infinity)) {
        return this.#numberFault(
          "scenario time",
          scenarioTime,
          scenarioTimeS,
          places.scenarioTime,
        );
      }
    }
    let instant: Instant | undefined;
    if (timestamp !== undefined) {
      instant = readInstant(
        timestamp.includes(",") ? this.#pointed(timestamp) : timestamp,
        timestampUnit,
      );
      if (instant === undefined) {
        return rows.fault(
          `timestamp ${
            show(timestamp)
          }${places.timestamp} is neither Unix time nor ISO 8601`,
        );
      }
      if (instant.unixS > LATEST_UNIX_S) {
        return rows.fault(
          `timestamp ${
            show(timestamp)
          }${places.timestamp} is later than the year 2286 in ` +
            timestampUnit,
          "tell the unit of timestamps",
        );
      }
    }
    rows.add(metricType, satelliteId, durationMs, scenarioTimeS, instant);
  }

  /** The text with a decimal point; one that has the other sign is no number. */
  #pointed(text: string): string {
    if (this.#decimal === ".") return text;
    return text.includes(".") ? "" : text.replace(",", ".");
  }

  #numberFault(
    what: string,
    text: string,
    value: number,
    place: string,
  ): void {
    const shown = `${what} ${show(text)}${place}`;
    if (value < 0) return this.#rows.fault(`${shown} is negative`);
    if (value === Infinity) return this.#rows.fault(`${shown} is too large`);
    const other = this.#decimal === "." ? "," : ".";
    if (!text.includes(other)) {
      return this.#rows.fault(`${shown} is not a number`);
    }
    this.#rows.fault(
      `${shown} is not a number with "${this.#decimal}" as the decimal sign`,
      other === ","
        ? "tell the decimal sign, and write no separators of thousands"
        : "write no separators of thousands",
    );
  }
}
