import {
  type ColumnPlan,
  type NameSource,
  planColumns,
  type PlanOptions,
  type Preset,
} from "./column_plan.ts";
import { show } from "./import_error.ts";
import type { ImportedRows } from "./imported_rows.ts";
import type { ColumnRef } from "./import_options.ts";
import { RowReader } from "./row_reader.ts";
import { LineReader, type TextReader } from "./text_reader.ts";

/** An object of a JSON line. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The keys on the way to a value. */
type Path = readonly string[];

/** How JSON lines are read. */
export interface JsonLinesReaderOptions extends PlanOptions {
  readonly preset?: Preset;
  /** Whether an object is a measurement. */
  readonly accepts?: (object: JsonObject) => boolean;
}

/** Reads JSON lines, one object a line, by a mapping of their keys. */
export class JsonLinesReader implements TextReader {
  readonly #rows: ImportedRows;
  readonly #options: JsonLinesReaderOptions;
  readonly #lines: LineReader;
  #plan: ColumnPlan<Path> | undefined;
  #reader: RowReader | undefined;

  constructor(rows: ImportedRows, options: JsonLinesReaderOptions) {
    this.#rows = rows;
    this.#options = options;
    this.#lines = new LineReader((text, line) => this.#read(text, line));
  }

  push(text: string): void {
    this.#lines.push(text);
  }

  finish(): void {
    this.#lines.finish();
  }

  #read(text: string, line: number): void {
    this.#rows.line = line;
    const object = parseObject(text, this.#rows);
    if (object === undefined) return;
    const { accepts, preset } = this.#options;
    if (accepts?.(object) === false) return;
    // The first object says which of the known keys are used.
    this.#plan ??= planColumns(keysOf(object), this.#options, preset);
    this.#reader ??= new RowReader(this.#rows, this.#plan);
    const { metricType, satelliteId, duration, scenarioTime, timestamp } = this
      .#plan;
    const metric = nameAt(object, metricType);
    if (metric === undefined) return this.#missing("metric type", metricType);
    const satellite = nameAt(object, satelliteId);
    if (satellite === undefined) {
      return this.#missing("satellite", satelliteId);
    }
    this.#reader.read(
      metric,
      satellite,
      textAt(object, duration),
      scenarioTime && textAt(object, scenarioTime),
      timestamp && textAt(object, timestamp),
    );
  }

  #missing(what: string, source: NameSource<Path>): void {
    const key = "ref" in source ? source.ref.join(".") : "";
    this.#rows.fault(`the ${what} at key ${show(key)} is not a string`);
  }
}

/** The object of a line, or `undefined` and a fault. */
export function parseObject(
  text: string,
  rows: ImportedRows,
): JsonObject | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    rows.fault(`${show(text)} is not JSON`);
    return undefined;
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonObject;
  }
  rows.fault(`${show(text)} is not a JSON object`);
  return undefined;
}

function keysOf(object: JsonObject) {
  return {
    kind: "key",
    names: Object.keys(object),
    find(ref: ColumnRef): Path | undefined {
      const key = String(ref);
      // What is found in a later line is told by its own fault.
      return [[key], key.split(".")].find((path) =>
        valueAt(object, path) !== undefined
      );
    },
  };
}

function valueAt(object: JsonObject, path: Path): unknown {
  let value: unknown = object;
  for (const key of path) {
    if (
      typeof value !== "object" || value === null || !Object.hasOwn(value, key)
    ) return undefined;
    value = (value as JsonObject)[key];
  }
  return value;
}

/** A name, which may be a number. */
function nameAt(
  object: JsonObject,
  source: NameSource<Path>,
): string | undefined {
  if ("value" in source) return source.value;
  const value = valueAt(object, source.ref);
  return typeof value === "string"
    ? value
    : typeof value === "number"
    ? String(value)
    : undefined;
}

/** The text of a number, as a string or not; of anything else what it is. */
function textAt(object: JsonObject, path: Path): string {
  const value = valueAt(object, path);
  return typeof value === "string" ? value : String(JSON.stringify(value));
}
