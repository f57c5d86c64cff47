import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { findRegressions, type Regression } from "./measure/regression.ts";
import {
  argumentsToRepeat,
  readSavedRun,
  SavedRunError,
} from "./measure/saved_run.ts";
import type { BenchReport } from "./report/bench_report.ts";
import { type Table, textTable } from "./report/table.ts";

const USAGE = `Usage: deno task bench:compare <saved.json> [case...] [options]

Measures twice what a run has that was saved by
  deno task bench --json > saved.json
and says which cases have become slower since by more than the noise.

  --runs <n>     measure n rounds of each case, rather than some seconds
  --help         print this

It exits with 1 if a case has become slower, and with 2 if it cannot compare.
`;

const MAIN = fileURLToPath(new URL("main.ts", import.meta.url));

function fail(message: string): never {
  console.error(message);
  Deno.exit(2);
}

function readArguments() {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      runs: { type: "string" },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const [savedPath, ...cases] = positionals;
  if (savedPath === undefined && !values.help) {
    throw new RangeError("There is no run to compare with");
  }
  return { ...values, savedPath: savedPath ?? "", cases };
}

type Arguments = ReturnType<typeof readArguments>;

function readArgumentsOrExit(): Arguments {
  try {
    return readArguments();
  } catch (error) {
    return fail(`${(error as Error).message}\n\n${USAGE}`);
  }
}

/** Measures in a process of its own, as the saved run was. */
async function measureAnew(args: readonly string[]): Promise<BenchReport> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-P=bench", MAIN, "--json", ...args],
    stderr: "inherit",
  }).output();
  if (!success) fail("The benchmark did not run to its end");
  return JSON.parse(new TextDecoder().decode(stdout));
}

function regressionsTable(results: readonly Regression[]): Table {
  return {
    head: ["Case", "Size", "Now / then", "Interval", "A/A noise", ""],
    rows: results.map(({ name, size, change, noise, regressed }) => [
      name,
      size.toLocaleString("en"),
      change.value.toFixed(3),
      `[${change.low.toFixed(3)}, ${change.high.toFixed(3)}]`,
      noise.toFixed(3),
      regressed ? "REGRESSED" : "",
    ]),
    right: [1, 2, 4],
  };
}

async function main(): Promise<void> {
  const { savedPath, cases, runs, help } = readArgumentsOrExit();
  if (help) {
    console.log(USAGE);
    return;
  }
  const saved = await readSavedRun(savedPath);
  const args = argumentsToRepeat(saved, cases);
  if (runs !== undefined) args.push(`--runs=${runs}`);
  const results = findRegressions(
    saved,
    await measureAnew(args),
    await measureAnew(args),
  );
  console.log(textTable(regressionsTable(results)));
  if (results.some(({ regressed }) => regressed)) Deno.exit(1);
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    if (!(error instanceof SavedRunError)) throw error;
    fail(error.message);
  }
}
