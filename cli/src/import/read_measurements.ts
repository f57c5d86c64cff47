import type { NewMeasurement } from "@astraguard/hil-metrics";
import { Pace } from "../event_loop/pace.ts";
import { CsvReader } from "./csv_reader.ts";
import { detectKind, type InputKind } from "./detect_kind.ts";
import { DocumentReader } from "./document_reader.ts";
import { ImportError } from "./import_error.ts";
import { BATCH_ROWS, ImportedRows } from "./imported_rows.ts";
import type {
  ImportFormat,
  ReadMeasurementsOptions,
} from "./import_options.ts";
import { InputText, NotText } from "./input_text.ts";
import { JsonLinesReader } from "./json_lines_reader.ts";
import { JTL } from "./jtl_preset.ts";
import { K6_CSV, K6_JSON, K6_TIMES, K6Points } from "./k6_metrics.ts";
import { PlainLinesReader } from "./plain_lines_reader.ts";
import { requireImportOptions } from "./require_import_options.ts";
import type { TextReader } from "./text_reader.ts";

/** How long a row waits for others of its batch, in milliseconds. */
const LONGEST_WAIT_MS = 20;

/** What a reader is given at a time: a millisecond of work before its code is compiled. */
const PART_CHARACTERS = 4 * 1024;

/** Kinds whose rows come in no strict order of time. */
const UNORDERED: readonly InputKind[] = ["jtl", "k6-csv", "k6-json"];

/** Measurements as they are read from an input, once. */
export interface ImportedMeasurements extends AsyncIterable<NewMeasurement[]> {
  /** The format of the input, once its first line has been read. */
  readonly format: ImportFormat | undefined;
  /** How many measurements have been read. */
  readonly rows: number;
  /** How many bad rows have been passed over. */
  readonly skippedRows: number;
  /** What was wrong with the first of them. */
  readonly firstSkipped: ImportError | undefined;
}

/**
 * Reads measurements from what other tools write, in batches of up to 4,096, as
 * they come: no row waits for longer than 20 ms, but for where the time origin
 * is the earliest of many. Nothing is read that nobody asks for, memory does not
 * grow with the input, and the event loop goes on.
 *
 * A row without a time has scenario time 0. A timestamp alone becomes the
 * scenario time since `timeOrigin`, to the nanosecond.
 *
 * A bad row ends it with an error after batches may have been handed out: whoever
 * stores them has to drop them then.
 *
 * @param source A file or standard input, gzip and zstd included; it is
 * cancelled when the reading ends.
 * @throws {ImportError} When a batch is asked for: what is wrong, and in which
 * line.
 * @throws {CompressedDataError} When a batch is asked for: compressed input is
 * damaged or cut off, or more comes out than `maxBytes`.
 * @throws {TypeError} An option is of the wrong type or none of its values.
 * @throws {RangeError} An option is out of its range.
 *
 * @example A CSV of another tool
 * ```ts
 * import { readMeasurements } from "./read_measurements.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const csv = "probe;wait_us\nSAT1;75200,5\n";
 * const measurements = readMeasurements(new Blob([csv]).stream(), {
 *   mapping: {
 *     metricType: { value: "fault_detection" },
 *     satelliteId: { column: "probe" },
 *     duration: "wait_us",
 *   },
 *   decimal: ",",
 * });
 * assertEquals(await Array.fromAsync(measurements), [[{
 *   metricType: "fault_detection",
 *   satelliteId: "SAT1",
 *   durationMs: 75.2005,
 *   scenarioTimeS: 0,
 * }]]);
 * ```
 */
export function readMeasurements(
  source: ReadableStream<Uint8Array>,
  options: ReadMeasurementsOptions = {},
): ImportedMeasurements {
  requireImportOptions(options);
  return new Import(source, options);
}

class Import implements ImportedMeasurements {
  readonly #source: ReadableStream<Uint8Array>;
  readonly #options: ReadMeasurementsOptions;
  #kind: InputKind | undefined;
  #rows: ImportedRows | undefined;
  #reader: TextReader | undefined;

  constructor(
    source: ReadableStream<Uint8Array>,
    options: ReadMeasurementsOptions,
  ) {
    this.#source = source;
    this.#options = options;
  }

  get format(): ImportFormat | undefined {
    const kind = this.#kind;
    if (kind === "k6-csv" || kind === "k6-json") return "k6";
    if (kind !== "document") return kind;
    return (this.#reader as DocumentReader).tool;
  }

  get rows(): number {
    return this.#rows?.count ?? 0;
  }

  get skippedRows(): number {
    return this.#rows?.skipped ?? 0;
  }

  get firstSkipped(): ImportError | undefined {
    return this.#rows?.firstSkipped;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<NewMeasurement[]> {
    const { maxBytes, signal } = this.#options;
    const input = new InputText(this.#source, { maxBytes, signal });
    const pace = new Pace();
    let head = "";
    let waitUntilMs = 0;
    let next: Promise<string | undefined> | undefined;
    try {
      for (;;) {
        next ??= handled(input.next());
        const piece = this.#rows?.length
          ? await soonerThan(next, waitUntilMs - performance.now())
          : await next;
        if (piece === LATE) {
          yield this.#rows!.take();
          continue;
        }
        next = undefined;
        let text = piece ?? "";
        if (this.#reader === undefined) {
          head += text;
          if (!this.#begin(head, piece === undefined)) continue;
          text = head;
          head = "";
        }
        const rows = this.#rows!;
        if (rows.length === 0) {
          waitUntilMs = performance.now() + LONGEST_WAIT_MS;
        }
        for (const part of inParts(text)) {
          for (const _ of this.#reader!.push(part) ?? []) {
            await pace.turnIfOver();
          }
          await pace.turnIfOver();
        }
        if (piece === undefined) {
          this.#reader!.finish();
          rows.finish();
        }
        while (rows.length >= BATCH_ROWS) {
          yield rows.take();
          waitUntilMs = performance.now() + LONGEST_WAIT_MS;
        }
        if (piece === undefined) break;
      }
      if (this.#rows!.length > 0) yield this.#rows!.take();
    } catch (error) {
      // What came before is not lost to those who keep it.
      if (this.#rows?.length) yield this.#rows.take();
      throw this.#located(error);
    } finally {
      await input.cancel();
    }
  }

  /** Makes the reader, if the beginning of the input tells which. */
  #begin(head: string, isAll: boolean): boolean {
    const options = this.#options;
    const kind = detectKind(head, isAll, options);
    if (kind === undefined) return false;
    this.#kind = kind;
    const { metrics } = options;
    this.#rows = new ImportedRows({
      metrics: metrics !== undefined
        ? new Set(metrics)
        : kind === "k6-csv"
        ? K6_TIMES
        : undefined,
      timeOrigin: options.timeOrigin ??
        (UNORDERED.includes(kind) ? "earliest" : "first"),
      badRows: options.badRows ?? "fail",
    });
    this.#reader = readerOf(kind, this.#rows, options);
    return true;
  }

  /** What is no text, as an error that says in which line that is. */
  #located(error: unknown): unknown {
    if (!(error instanceof NotText)) return error;
    const { message, cause, remedy } = error;
    const line = this.#rows === undefined ? 1 : this.#rows.line + 1;
    return new ImportError("BAD_ENCODING", message, { cause, remedy, line });
  }
}

function readerOf(
  kind: InputKind,
  rows: ImportedRows,
  options: ReadMeasurementsOptions,
): TextReader {
  const { delimiter, decimal = ".", header, format, mapping } = options;
  const csv = { ...options, delimiter, decimal, header };
  switch (kind) {
    case "csv":
      return new CsvReader(rows, { ...csv, preset: undefined });
    case "jtl":
      return new CsvReader(rows, { ...csv, preset: JTL });
    case "k6-csv":
      return new CsvReader(rows, { ...csv, preset: K6_CSV });
    case "jsonl":
      return new JsonLinesReader(rows, options);
    case "k6-json": {
      const points = new K6Points(rows, options.metrics);
      const accepts = points.accepts.bind(points);
      return new JsonLinesReader(rows, {
        ...options,
        preset: K6_JSON,
        accepts,
      });
    }
    case "lines": {
      const { durationUnit = "ms", timeUnit = "s" } = options;
      return new PlainLinesReader(rows, {
        ...{ durationUnit, timeUnit, timestampUnit: "s" },
        places: { duration: "", scenarioTime: "", timestamp: "" },
      }, decimal);
    }
    case "document": {
      const satellite = mapping?.satelliteId;
      return new DocumentReader(rows, {
        tool: format === "mitata" || format === "hyperfine"
          ? format
          : undefined,
        satelliteId: satellite && "value" in satellite
          ? satellite.value
          : undefined,
      });
    }
  }
}

/** The beginning of an input is longer than a reader should take at once. */
function* inParts(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += PART_CHARACTERS) {
    yield text.slice(at, at + PART_CHARACTERS);
  }
}

const LATE = Symbol("late");

/** The next piece, unless it takes longer. */
async function soonerThan<T>(
  next: Promise<T>,
  waitMs: number,
): Promise<T | typeof LATE> {
  if (waitMs <= 0) return LATE;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<typeof LATE>((resolve) => {
    timer = setTimeout(resolve, waitMs, LATE);
  });
  try {
    return await Promise.race([next, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A promise whose failure counts as handled, since it may be awaited later. */
function handled<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
