import { MIN_ROUNDS } from "../lib/measure/bootstrap.ts";
import { type Table, textTable } from "../lib/report/table.ts";
import { runTask, TaskFailure, wholeNumber } from "../lib/task.ts";
import { measureInProcess } from "./measure/measure_in_process.ts";
import { ORIGINAL_VARIABLES } from "./original/original.ts";
import { findRegressions, type Regression } from "./regression/regression.ts";
import { argumentsToRepeat, readSavedRun } from "./regression/saved_run.ts";
import type { BenchReport } from "./report/bench_report.ts";

const USAGE = `Usage: deno task bench:compare <saved.json> [case...] [options]

Measures twice what a run has that was saved by
  deno task bench --json > saved.json
and says which cases have become slower since by more than the noise.

  --runs <n>     measure n rounds of each case, rather than some seconds
  --help         print this

It exits with 1 if a case has become slower, and with 2 if it cannot compare.
`;

const SLOWER = 1;
const CANNOT_COMPARE = 2;

/** What is compared is this package alone. */
const WITHOUT_ORIGINAL = Object.fromEntries(
  Object.values(ORIGINAL_VARIABLES).map((name) => [name, ""]),
);

function measureAnew(args: readonly string[]): Promise<BenchReport> {
  return measureInProcess(args, {
    env: WITHOUT_ORIGINAL,
    failureCode: CANNOT_COMPARE,
  });
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

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: { runs: { type: "string" } },
    read({ runs }, [savedPath, ...cases]) {
      if (savedPath === undefined) {
        throw new RangeError("There is no run to compare with");
      }
      const rounds = runs === undefined
        ? undefined
        : wholeNumber("--runs", runs);
      if (rounds !== undefined && rounds < MIN_ROUNDS) {
        throw new RangeError(
          `--runs is ${MIN_ROUNDS} at least, to tell a change from noise`,
        );
      }
      return { savedPath, cases, rounds };
    },
    async run({ savedPath, cases, rounds }) {
      const saved = await readSavedRun(savedPath);
      const args = argumentsToRepeat(saved, cases);
      if (rounds !== undefined) args.push(`--runs=${rounds}`);
      const results = findRegressions(
        saved,
        await measureAnew(args),
        await measureAnew(args),
      );
      if (results.length === 0) {
        throw new TaskFailure("Nothing of the saved run was measured anew", {
          code: CANNOT_COMPARE,
        });
      }
      console.log(textTable(regressionsTable(results)));
      if (results.some(({ regressed }) => regressed)) Deno.exitCode = SLOWER;
    },
  });
}
