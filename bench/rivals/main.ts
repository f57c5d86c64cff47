import { withScratch } from "../measure/scratch.ts";
import { Progress } from "../report/progress.ts";
import { textTable } from "../report/table.ts";
import type { RivalFigure } from "./rival_row.ts";
import { isMet, rivalsTable } from "./rivals_table.ts";
import { ROWS } from "./rows/all.ts";

interface Options {
  names: string[];
  rows: number;
  quick: boolean;
  json: boolean;
}

const HELP = `Measures the package against its rivals.

Usage: deno task bench:rivals [options] [row...]

  --rows N   measurements of a large run (1,000,000)
  --quick    a tenth of the sizes, 3 rounds instead of 5
  --json     print the figures as JSON
  --help     print this

Rows: ${ROWS.map(({ name }) => name).join(", ")}
`;

function fail(reason: string): never {
  console.error(`${reason}\n\n${HELP}`);
  Deno.exit(2);
}

function parseOptions(args: readonly string[]): Options {
  const options: Options = { names: [], rows: 0, quick: false, json: false };
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!;
    if (arg === "--help") {
      console.log(HELP);
      Deno.exit();
    } else if (arg === "--quick") options.quick = true;
    else if (arg === "--json") options.json = true;
    else if (arg === "--rows") {
      options.rows = Number(args[++i]);
      if (!(Number.isSafeInteger(options.rows) && options.rows > 0)) {
        fail(`--rows takes a whole number from 1: ${args[i]}`);
      }
    } else if (ROWS.some(({ name }) => name === arg)) options.names.push(arg);
    else fail(`There is no such option or row: ${arg}`);
  }
  options.rows ||= options.quick ? 100_000 : 1_000_000;
  return options;
}

if (import.meta.main) {
  const { names, rows, quick, json } = parseOptions(Deno.args);
  const chosen = ROWS.filter(({ name }) =>
    names.length === 0 || names.includes(name)
  );
  const progress = new Progress(chosen.length);
  const figures: RivalFigure[] = [];
  const skipped: string[] = [];
  const skip = (reason: string) => {
    skipped.push(reason);
    console.error(`skipped: ${reason}`);
  };
  await withScratch(async (scratch) => {
    for (const { name, measure } of chosen) {
      progress.next(name);
      const directory = await Deno.makeTempDir({ dir: scratch });
      try {
        figures.push(
          ...await measure({
            rows,
            runs: quick ? 1000 : 10_000,
            rounds: quick ? 3 : 5,
            directory,
            skip,
          }),
        );
      } catch (error) {
        skip(`${name}: ${error instanceof Error ? error.stack : error}`);
      }
      await Deno.remove(directory, { recursive: true });
    }
  });
  if (json) {
    console.log(JSON.stringify({ figures, skipped }, null, 2));
  } else {
    const goals = figures.map(isMet).filter((met) => met !== undefined);
    console.log(textTable(rivalsTable(figures)));
    console.log(`
${
      goals.filter((met) => met).length
    } of ${goals.length} goals met; ${navigator.hardwareConcurrency} cores, load ${
      Deno.loadavg()[0]!.toFixed(1)
    }, Deno ${Deno.version.deno}`);
  }
  // Native rivals keep threads that would hold the process.
  Deno.exit();
}
