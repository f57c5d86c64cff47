import { JSONParser } from "@streamparser/json";
import { ImportError } from "./import_error.ts";
import type { ImportedRows } from "./imported_rows.ts";
import type { JsonObject } from "./json_lines_reader.ts";
import { noSamples } from "./refuse_statistics.ts";
import type { TextReader } from "./text_reader.ts";
import { readDurationMs } from "./time_unit.ts";
import {
  readHyperfineResult,
  readMitataBenchmark,
  type ToolSamples,
} from "./tool_samples.ts";

/** What of the options a document is read by. */
export interface DocumentReaderOptions {
  /** The tool that must have written it; `undefined` for any. */
  readonly tool: "mitata" | "hyperfine" | undefined;
  /** What the measurements are of. */
  readonly satelliteId: string | undefined;
}

/** Characters that a benchmark has at most: some million samples. */
const MAX_VALUE_CHARACTERS = 64 * 1024 * 1024;

/** Rows between two looks at the clock. */
const SLICE_ROWS = 512;

/** Reads the JSON of mitata or hyperfine, a benchmark at a time. */
export class DocumentReader implements TextReader {
  readonly #rows: ImportedRows;
  readonly #options: DocumentReaderOptions;
  readonly #parser = new JSONParser({
    paths: ["$.benchmarks.*", "$.results.*", "$.*"],
    keepStack: false,
  });
  /** What has been parsed and not made into rows yet. */
  #found: ToolSamples[] = [];
  #groups: readonly unknown[] = [];
  #tool: "mitata" | "hyperfine" | undefined;
  #lineFeeds = 0;
  #characters = 0;
  #fault: unknown;

  constructor(rows: ImportedRows, options: DocumentReaderOptions) {
    this.#rows = rows;
    this.#options = options;
    this.#parser.onError = (error) => {
      this.#fault ??= error;
    };
    this.#parser.onValue = ({ value, key, stack }) => {
      this.#characters = 0;
      // What is thrown here would be taken for an error of the parser.
      try {
        if (stack.length === 1) this.#readMember(String(key), value);
        else this.#readElement(String(stack[1]!.key), value);
      } catch (error) {
        this.#fault ??= error;
      }
    };
  }

  /** The tool whose document it is, once that is known. */
  get tool(): "mitata" | "hyperfine" | undefined {
    return this.#tool;
  }

  *push(text: string): Generator<undefined> {
    this.#rows.line = 1 + this.#lineFeeds;
    this.#characters += text.length;
    this.#parse(() => this.#parser.write(text));
    for (let at = -1; (at = text.indexOf("\n", at + 1)) !== -1;) {
      this.#lineFeeds++;
    }
    if (this.#characters > MAX_VALUE_CHARACTERS) {
      throw new ImportError(
        "BAD_ROW",
        `a benchmark has more than ${MAX_VALUE_CHARACTERS} characters`,
      );
    }
    yield;
    const found = this.#found;
    this.#found = [];
    for (const samples of found) yield* this.#add(samples);
  }

  finish(): void {
    if (!this.#parser.isEnded) {
      this.#parse(() => this.#parser.end());
      if (!this.#parser.isEnded) this.#fail("the JSON ends too early");
    }
    if (this.#tool !== undefined) return;
    throw new ImportError(
      "UNKNOWN_FORMAT",
      "the JSON is neither mitata's nor hyperfine's",
      { remedy: "write one measurement a line, as JSON lines" },
    );
  }

  #parse(work: () => void): void {
    try {
      work();
    } catch (error) {
      this.#fault ??= error;
    }
    const fault = this.#fault;
    if (fault === undefined) return;
    if (fault instanceof ImportError) throw fault;
    this.#fail(`the JSON is not well-formed: ${(fault as Error).message}`);
  }

  #fail(reason: string): never {
    throw new ImportError("BAD_ROW", reason, {
      line: this.#rows.line,
      cause: this.#fault,
    });
  }

  /** A member of the document. */
  #readMember(key: string, value: unknown): void {
    if (key === "layout" && Array.isArray(value)) this.#groups = value;
    if (key === "benches") {
      throw noSamples(
        "the results of `deno bench --json`",
        "measure with mitata, whose JSON has every sample",
      );
    }
    if (key === "root_group" || key === "metrics") {
      throw noSamples(
        "the summaries that k6 writes at the end of a test",
        "write every point with --out csv or --out json",
      );
    }
  }

  /** An element of a member. */
  #readElement(member: string, value: unknown): void {
    const tool = member === "benchmarks" ? "mitata" : "hyperfine";
    const { tool: wanted = tool } = this.#options;
    if (wanted !== tool) {
      throw new ImportError(
        "UNKNOWN_FORMAT",
        `the JSON is not ${wanted}'s, since it has ${member}`,
      );
    }
    this.#tool = tool;
    const element = (value ?? {}) as JsonObject;
    const found = tool === "mitata"
      ? readMitataBenchmark(element, this.#groups, this.#rows)
      : [readHyperfineResult(element)];
    this.#found.push(...found);
  }

  *#add({ metricType, samples, unit }: ToolSamples): Generator<undefined> {
    const satelliteId = this.#options.satelliteId ?? this.#tool!;
    let count = 0;
    for (const sample of samples) {
      const durationMs = readDurationMs(String(sample), unit);
      if (!this.#rows.wants(metricType)) return;
      if (durationMs >= 0) {
        this.#rows.add(
          metricType,
          satelliteId,
          durationMs,
          undefined,
          undefined,
        );
      } else {
        this.#rows.fault(`the sample ${sample} is not a duration`);
      }
      if (++count % SLICE_ROWS === 0) yield;
    }
  }
}
