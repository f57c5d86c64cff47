import { show } from "./import_error.ts";
import type { ImportedRows } from "./imported_rows.ts";
import type { JsonObject } from "./json_lines_reader.ts";
import { noSamples } from "./refuse_statistics.ts";
import type { TimeUnit } from "./time_unit.ts";

/** Samples of one thing that was measured. */
export interface ToolSamples {
  readonly metricType: string;
  readonly samples: Iterable<number>;
  readonly unit: TimeUnit;
}

/** What the order of samples is drawn from. */
const SEED = 0x9e3779b9;

/**
 * The samples of a benchmark of mitata, of each of its runs: nanoseconds.
 *
 * mitata sorts them, without the two shortest and the two longest. Ascending,
 * each tells the next, and the judge takes a thousand for five. So they are given
 * in a drawn order, the same each time.
 */
export function readMitataBenchmark(
  benchmark: JsonObject,
  groups: readonly unknown[],
  rows: ImportedRows,
): ToolSamples[] {
  const alias = String(benchmark.alias ?? benchmark.name);
  if (!Array.isArray(benchmark.runs)) {
    throw noSamples(
      `benchmarks such as ${show(alias)}`,
      "write every time that was measured as a CSV",
    );
  }
  const group = (groups[Number(benchmark.group)] as JsonObject | undefined)
    ?.name;
  const prefix = typeof group === "string" && group.trim() !== ""
    ? `${group.trim()}: `
    : "";
  const runs = benchmark.runs as readonly JsonObject[];
  const names = runs.map(({ name }) => typeof name === "string" ? name : alias);
  const found: ToolSamples[] = [];
  for (const [index, { stats, error, args }] of runs.entries()) {
    const name = names[index]!;
    if (error !== undefined) {
      const { message } = (error ?? {}) as JsonObject;
      rows.fault(`the benchmark ${show(name)} failed: ${message}`);
      continue;
    }
    const { samples } = (stats ?? {}) as JsonObject;
    if (!Array.isArray(samples)) {
      throw noSamples(
        "results of mitata that were written with `samples: false`",
        "write them with `format: { json: { samples: true } }`",
      );
    }
    const isOne = names.indexOf(name) === names.lastIndexOf(name);
    found.push({
      metricType: prefix + (isOne ? name : `${name} ${JSON.stringify(args)}`),
      samples: inDrawnOrder(samples),
      unit: "ns",
    });
  }
  return found;
}

/** The times of a result of hyperfine: seconds, in their order. */
export function readHyperfineResult(
  { command, times }: JsonObject,
): ToolSamples {
  if (!Array.isArray(times)) {
    throw noSamples(
      "results of hyperfine without times",
      "export them with --export-json",
    );
  }
  return { metricType: String(command), samples: times, unit: "s" };
}

/** The values in an order that is drawn as they are asked for. */
function* inDrawnOrder(values: number[]): Generator<number> {
  let state = SEED;
  for (let left = values.length; left > 0; left--) {
    // Marsaglia's xorshift, of 32 bits.
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    const drawn = (state >>> 0) % left;
    yield values[drawn]!;
    values[drawn] = values[left - 1]!;
  }
}
