/**
 * A bench session of a few seconds on this machine: three simulated satellites
 * behind TCP are broken and repaired, how long that takes is measured, saved
 * as a run, and compared with the one before that was measured alike.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { StorageError } from "@astraguard/hil-metrics";
import { lookAtRuns } from "./_look_at_runs.ts";
import { measureRun } from "./_measure_run.ts";

const USAGE = `Usage: deno task demo [--seconds N] [--results DIR]
       deno task demo DIR

Measures three simulated satellites, saves that as a run, and compares it with
the one before that was measured alike; or looks at the runs in DIR.

  --seconds N    how long to measure, 5 unless given
  --results DIR  where to save, demo-results unless given
  --help         print this`;

const MOST_SECONDS = 3600;

interface Settings {
  readonly seconds: number;
  readonly resultsDir: string;
  /** Runs that are only looked at. */
  readonly dir: string | undefined;
}

function readArguments(): Settings | "help" {
  const { values, positionals: [dir, another] } = parseArgs({
    options: {
      seconds: { type: "string" },
      results: { type: "string" },
      help: { type: "boolean" },
    },
    allowPositionals: true,
  });
  if (values.help) return "help";
  const { seconds = "5", results = "demo-results" } = values;
  if (!(Number(seconds) > 0 && Number(seconds) <= MOST_SECONDS)) {
    throw new RangeError(
      `--seconds must be above 0 and at most ${MOST_SECONDS}: ${seconds}`,
    );
  }
  if (results === "") throw new RangeError("--results must be a directory");
  if (another !== undefined) {
    throw new RangeError(`One DIR at most: ${another}`);
  }
  if (dir !== undefined && (values.seconds ?? values.results) !== undefined) {
    const option = values.seconds === undefined ? "--results" : "--seconds";
    throw new RangeError(`Nothing is measured where DIR is given: ${option}`);
  }
  return { seconds: Number(seconds), resultsDir: results, dir };
}

async function main(): Promise<number> {
  let settings;
  try {
    settings = readArguments();
  } catch (error) {
    // The runtime goes on to say how a name may begin with a dash.
    console.error((error as Error).message.split(". ")[0]);
    return 2;
  }
  if (settings === "help") {
    console.log(USAGE);
    return 0;
  }
  const { seconds, resultsDir, dir } = settings;
  try {
    return dir === undefined
      ? await measureRun(resultsDir, seconds)
      : await lookAtRuns(dir);
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    console.error(`What to do: ${error.remedy}`);
    return 1;
  }
}

Deno.exitCode = await main();
