import { ALL_CASES } from "../cases/all.ts";
import type { BenchReport } from "../report/bench_report.ts";

/** A file that is not a run to compare with; the message says what to do. */
export class SavedRunError extends Error {
  override readonly name = "SavedRunError";
}

/**
 * Reads a run that `deno task bench --json` printed.
 *
 * @throws {SavedRunError} The file cannot be read, or holds something else.
 */
export async function readSavedRun(path: string): Promise<BenchReport> {
  const remedy = `save one by: deno task bench --json > ${path}`;
  let text;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    const reason = error instanceof Deno.errors.NotFound
      ? "there is no such file"
      : (error as Error).message;
    throw new SavedRunError(`Cannot read ${path}: ${reason}; ${remedy}`);
  }
  const run = parse(text);
  if (!isRun(run)) {
    throw new SavedRunError(`${path} does not hold a run; ${remedy}`);
  }
  return run;
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
  return Array.isArray(figures) &&
    figures.every((one) =>
      typeof one?.name === "string" && typeof one.size === "number" &&
      Array.isArray(one.forms?.package?.roundsMs) &&
      Array.isArray(one.forms?.before?.roundsMs)
    );
}

/**
 * The arguments of `deno task bench` that measure what a saved run has: those
 * of its cases that still exist, or the wanted ones among them, at its sizes.
 *
 * @throws {SavedRunError} It does not have a wanted case, or none of its cases
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
    throw new SavedRunError("The saved run has none of the cases there are");
  }
  const missing = wanted.find((name) => !names.includes(name));
  if (missing !== undefined) {
    throw new SavedRunError(
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
