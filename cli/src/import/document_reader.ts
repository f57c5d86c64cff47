import { Tokenizer, TokenParser, TokenType } from "@streamparser/json";
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

/** Arrays and objects within each other; what the tools write has eight. */
const MAX_DEPTH = 64;

/**
 * What is looked at, of the tools that are read and of those that are refused;
 * all else is dropped as it is parsed.
 */
const PATHS = [
  ...["$.layout", "$.benchmarks.*", "$.results.*"],
  ...["$.benches.*", "$.root_group", "$.metrics.*"],
];

/** Rows between two looks at the clock. */
const SLICE_ROWS = 512;

/** Reads the JSON of mitata or hyperfine, a benchmark at a time. */
export class DocumentReader implements TextReader {
  readonly #rows: ImportedRows;
  readonly #options: DocumentReaderOptions;
  readonly #tokenizer = new Tokenizer();
  readonly #parser = new TokenParser({ paths: PATHS, keepStack: false });
  /** What has been parsed and not made into rows yet. */
  #found: ToolSamples[] = [];
  #groups: readonly unknown[] = [];
  #tool: "mitata" | "hyperfine" | undefined;
  #lineFeeds = 0;
  #depth = 0;
  #characters = 0;
  #fault: unknown;

  constructor(rows: ImportedRows, options: DocumentReaderOptions) {
    this.#rows = rows;
    this.#options = options;
    this.#tokenizer.onToken = (token) => {
      this.#checkDepth(token.token);
      this.#parser.write(token);
    };
    this.#tokenizer.onError = (error) => void (this.#fault ??= error);
    this.#parser.onError = (error) => void (this.#fault ??= error);
    this.#parser.onValue = ({ value, key, stack }) => {
      this.#characters = 0;
      // What is thrown here would be taken for an error of the parser.
      try {
        const member = String(stack[1]?.key ?? key);
        this.#readPart(member, value);
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
    this.#parse(() => this.#tokenizer.write(text));
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
      this.#parse(() => this.#tokenizer.end());
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

  /** To go on at a great depth takes the parser the square of it. */
  #checkDepth(token: TokenType): void {
    if (token === TokenType.LEFT_BRACE || token === TokenType.LEFT_BRACKET) {
      if (++this.#depth > MAX_DEPTH) throw new Error("it is nested too deeply");
    } else if (
      token === TokenType.RIGHT_BRACE || token === TokenType.RIGHT_BRACKET
    ) this.#depth--;
  }

  /** Reads a part of a member of the document. */
  #readPart(member: string, value: unknown): void {
    if (member === "layout") {
      this.#groups = Array.isArray(value) ? value : [];
    } else if (member === "benches") {
      throw noSamples(
        "the results of `deno bench --json`",
        "measure with mitata, whose JSON has every sample",
      );
    } else if (member === "root_group" || member === "metrics") {
      throw noSamples(
        "the summaries that k6 writes at the end of a test",
        "write every point with --out csv or --out json",
      );
    } else {
      this.#readResult(member, value);
    }
  }

  #readResult(member: string, value: unknown): void {
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
