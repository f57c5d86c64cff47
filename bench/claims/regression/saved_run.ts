import { MIN_ROUNDS } from "../../lib/measure/bootstrap.ts";
import { TaskFailure } from "../../lib/task.ts";
import { ALL_CASES } from "../cases/all.ts";
import { baselineOf } from "../cases/bench_case.ts";
import type { CaseFigures } from "../measure/measure_case.ts";
import type { BenchReport } from "../report/bench_report.ts";

/** What a comparison exits with that is none. */
const CANNOT_COMPARE = 2;

/** The encodings that byte-order marks stand for, besides UTF-8. */
const MARKED_ENCODINGS = [
  { mark: [0xff, 0xfe], encoding: "utf-16le" },
  { mark: [0xfe, 0xff], encoding: "utf-16be" },
] as const;

/**
 * Reads a run that `deno task bench --json` printed, also one that a shell of
 * Windows has written, with a byte-order mark or in UTF-16.
 *
 * @throws {TaskFailure} The file cannot be read, holds something else, or has
 * too few rounds to tell a change from noise.
 */
export async function readSavedRun(path: string): Promise<BenchReport> {
  const remedy = `save one by: deno task bench --json > ${path}`;
  let bytes;
  try {
    bytes = await Deno.readFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message;
    throw cannotCompare(`Cannot read ${path}: ${reason}; ${remedy}`);
  }
  const run = parse(decode(bytes));
  if (!isRun(run)) {
    throw cannotCompare(`${path} does not hold a run; ${remedy}`);
  }
  const short = run.figures.find(({ forms }) =>
    forms.package!.roundsMs.length < MIN_ROUNDS
  );
  if (short !== undefined) {
    throw cannotCompare(
      `${path} has too few rounds of "${short.name}", ${MIN_ROUNDS} are needed; ${remedy}`,
    );
  }
  return run;
}

function cannotCompare(message: string): TaskFailure {
  return new TaskFailure(message, { code: CANNOT_COMPARE });
}

/** Text without its byte-order mark. */
function decode(bytes: Uint8Array): string {
  const marked = MARKED_ENCODINGS.find(({ mark }) =>
    mark.every((byte, i) => bytes[i] === byte)
  );
  return new TextDecoder(marked?.encoding).decode(bytes);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Whether it has the figures that are compared. */
function isRun(value: unknown): value is BenchReport {
  const { figures } = (value ?? {}) as Partial<BenchReport>;
  return Array.isArray(figures) && figures.every(isComparable);
}

function isComparable(figures: Partial<CaseFigures> | null): boolean {
  const { name, size, forms = {} } = figures ?? {};
  const own = forms.package?.roundsMs;
  const others = forms[baselineOf(forms)]?.roundsMs;
  return typeof name === "string" && typeof size === "number" &&
    isTimes(own) && isTimes(others) && own.length === others.length;
}

function isTimes(value: unknown): value is number[] {
  return Array.isArray(value) && value.length > 0 &&
    value.every((ms) => typeof ms === "number" && ms > 0);
}

/**
 * The arguments of `deno task bench` that measure what a saved run has: those
 * of its cases that still exist, or the wanted ones among them, at its sizes.
 *
 * @throws {TaskFailure} It does not have a wanted case, or none of its cases
 * exists any longer.
 */
export function argumentsToRepeat(
  { figures }: BenchReport,
  wanted: readonly string[],
): string[] {
  const cases = ALL_CASES
    .map(({ name, sizes }) => ({
      name,
      reportSizes: sizes,
      sizes: figures.filter((one) => one.name === name)
        .map(({ size }) => size),
    }))
    .filter(({ sizes }) => sizes.length > 0);
  const names = cases.map(({ name }) => name);
  if (names.length === 0) {
    throw cannotCompare("The saved run has none of the cases there are");
  }
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw cannotCompare(
      `The saved run has no case "${missing}", only ${names.join(", ")}`,
    );
  }
  const chosen = cases.filter(({ name }) =>
    wanted.length === 0 || wanted.includes(name)
  );
  // One command measured them all: at the report's sizes, or each at the same.
  const isAtReportSizes = chosen.every(({ sizes, reportSizes }) =>
    sizes.join() === reportSizes.join()
  );
  const sizes = isAtReportSizes
    ? []
    : new Set(chosen.flatMap(({ sizes }) => sizes));
  return [
    ...chosen.map(({ name }) => name),
    ...[...sizes].flatMap((size) => ["--size", String(size)]),
  ];
}
