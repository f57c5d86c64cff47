import { shown } from "../../model/options.ts";
import { fewestSamplesOf, JUDGED_FIGURES } from "../figures/judged_figure.ts";

/** What a budget limits. */
export interface BudgetFigure {
  /** Its name in rows, as `"p95"` or `"p99.9"`. */
  readonly name: string;
  /** Above 0 and below 1; the mean, the maximum and the tail have none. */
  readonly quantile: number | undefined;
  /** Effective samples that it needs. */
  readonly fewestSamples: number;
}

/** A limit on a figure of the candidates. */
export interface Budget {
  /** As it was written. */
  readonly text: string;
  /** The metric type; `undefined` for each that was recorded. */
  readonly metricType: string | undefined;
  /** A satellite, each of them, or all together. */
  readonly satellites:
    | { readonly kind: "together" }
    | { readonly kind: "each" }
    | { readonly kind: "one"; readonly satelliteId: string };
  readonly figure: BudgetFigure;
  /** Whether the limit itself is within the budget. */
  readonly isLimitIncluded: boolean;
  readonly limit:
    | { readonly kind: "absolute"; readonly value: number }
    | { readonly kind: "relative"; readonly ratio: number };
}

const FIGURE_SPELLINGS: Readonly<Record<string, string>> = {
  avg: "mean",
  med: "p50",
  median: "p50",
};

/**
 * Reads a budget:
 *
 *     agent_decision p(95)<300          in milliseconds
 *     agent_decision[SAT1] p(95)<300    of one satellite; [*] of each
 *     p(99)<+5%                         of every metric, relative to baselines
 *     "odd name" max<=500ms             no single measurement is longer
 *
 * @throws {TypeError} It is not a string.
 * @throws {RangeError} It cannot be read; the message points at the character.
 */
export function parseBudget(text: string): Budget {
  if (typeof text !== "string") {
    throw new TypeError(`A budget must be a string: ${shown(text)}`);
  }
  const reader: Reader = new Reader(text);
  let metricType: string | undefined;
  let satellites: Budget["satellites"] = { kind: "together" };
  let figure = reader.peek() === "[" ? undefined : readFigure(reader);
  if (figure === undefined) {
    if (reader.peek() !== "[") metricType = reader.name();
    if (reader.take("[")) {
      satellites = readSatellites(reader);
    }
    figure = readFigure(reader);
    if (figure === undefined) {
      reader.fail("a figure: mean, p(95), max or tail");
    }
  }
  if (!reader.take("<")) reader.fail("< or <=");
  const isLimitIncluded = reader.take("=");
  const limit = readLimit(reader);
  reader.skipSpace();
  if (!reader.isAtEnd) reader.fail("nothing more");
  return { text, metricType, satellites, figure, isLimitIncluded, limit };
}

/**
 * Reads budgets: strings, or one of which every line is a budget.
 *
 * @throws {TypeError} They are not strings.
 * @throws {RangeError} One cannot be read.
 */
export function parseBudgets(
  budgets: string | readonly string[] | undefined,
): Budget[] {
  if (budgets === undefined) return [];
  if (typeof budgets !== "string" && !Array.isArray(budgets)) {
    throw new TypeError(`budgets must be strings: ${shown(budgets)}`);
  }
  const texts: readonly string[] = typeof budgets === "string"
    ? budgets.split("\n").filter((line) => line.trim() !== "")
    : budgets;
  return texts.map(parseBudget);
}

function readSatellites(reader: Reader): Budget["satellites"] {
  if (reader.take("*")) {
    if (!reader.take("]")) reader.fail("]");
    return { kind: "each" };
  }
  const satelliteId = reader.name("]");
  if (!reader.take("]")) reader.fail("]");
  return { kind: "one", satelliteId };
}

/** A figure, if there is one before the comparison. */
function readFigure(reader: Reader): BudgetFigure | undefined {
  const word = reader.match(/(avg|mean|med|median|max|tail)(?=\s*[<>=]|\s*$)/y);
  if (word !== undefined) return namedFigure(FIGURE_SPELLINGS[word] ?? word);
  const start = reader.match(/p\(\s*|p(?=\d+(?:\.\d+)?\s*(?:[<>=]|$))/y);
  if (start === undefined) return undefined;
  const at = reader.at;
  const digits = reader.match(/\d+(?:\.\d+)?/y);
  if (digits === undefined) reader.fail("a percentile, as 95");
  const percentile = Number(digits);
  if (!(percentile > 0 && percentile < 100)) {
    reader.fail("a percentile above 0 and below 100", at);
  }
  if (start !== "p" && !reader.take(")")) reader.fail(")");
  return namedFigure(`p${percentile}`);
}

function namedFigure(name: string): BudgetFigure {
  const known = JUDGED_FIGURES.find((it) => it.name === name);
  if (known !== undefined) return known;
  const quantile = Number(name.slice(1)) / 100;
  return {
    name,
    quantile,
    fewestSamples: fewestSamplesOf(Math.max(quantile, 1 - quantile)),
  };
}

function readLimit(reader: Reader): Budget["limit"] {
  const at = reader.at;
  const digits = reader.match(/[+-]?\d+(?:\.\d+)?/y);
  if (digits === undefined) reader.fail("a limit, as 300 or +5%");
  const value = Number(digits);
  if (reader.take("%")) {
    if (!/^[+-]/.test(digits)) reader.fail("+ or - before per cent", at);
    const ratio = 1 + value / 100;
    if (!(ratio > 0)) reader.fail("a change above -100%", at);
    if (ratio === Infinity) reader.fail("a limit that is a number", at);
    return { kind: "relative", ratio };
  }
  if (/^[+-]/.test(digits)) reader.fail("% after a change");
  const limitMs = reader.match(/ms|s/y) === "s" ? value * 1000 : value;
  if (limitMs === Infinity) reader.fail("a limit that is a number", at);
  return { kind: "absolute", value: limitMs };
}

/** Reads a text from left to right. */
class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Where the next character other than a space is. */
  get at(): number {
    this.skipSpace();
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#text.length;
  }

  skipSpace(): void {
    while (/\s/.test(this.#text[this.#at] ?? "")) this.#at++;
  }

  peek(): string | undefined {
    this.skipSpace();
    return this.#text[this.#at];
  }

  /** Whether this character came next, which then is behind. */
  take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#at++;
    return true;
  }

  /** What a sticky pattern matches here, which then is behind. */
  match(pattern: RegExp): string | undefined {
    this.skipSpace();
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** A name, in quotes or up to a space or bracket. */
  name(end: string = "["): string {
    const start = this.at;
    const quoted = this.match(/"(?:[^"\\]|\\.)*"/y);
    if (quoted !== undefined) {
      try {
        return JSON.parse(quoted);
      } catch {
        this.fail("a name in quotes as JSON has them", start);
      }
    }
    const found = this.match(end === "]" ? /[^\]]+/y : /[^\s[\]<>="]+/y);
    if (found === undefined) this.fail("a name");
    return found.trim();
  }

  fail(wanted: string, at: number = this.at): never {
    const before = [...this.#text.slice(0, at)];
    const indent = before.map((it) => it === "\t" ? it : " ").join("");
    throw new RangeError(
      `Cannot read the budget: expected ${wanted} at character ${
        before.length + 1
      }\n${this.#text}\n${indent}^`,
    );
  }
}
