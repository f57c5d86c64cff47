import { parseArgs } from "node:util";
import { withScratch } from "../measure/scratch.ts";
import { originNow } from "../report/bench_report.ts";
import { Progress } from "../report/progress.ts";
import { textTable } from "../report/table.ts";
import type { RivalFigure } from "./rival_row.ts";
import { goalsLine, rivalsMarkdown } from "./rivals_markdown.ts";
import { rivalsTable } from "./rivals_table.ts";
import { ROWS } from "./rows/all.ts";

const USAGE = `Usage: deno task bench:rivals [row...] [options]

Measures every path of the package against rivals, in one process.

  --rows <n>   measurements of a large run, rather than 1,000,000
  --quick      a tenth of the sizes, and 3 rounds rather than 5
  --json       print one JSON object; all else goes to standard error
  --results    write bench/rivals/RESULTS.md, of all rows at their sizes
  --help       print this

Rows: ${ROWS.map(({ name }) => name).join(", ")}
`;

const LARGE_ROWS = 1_000_000;

function readArguments() {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      rows: { type: "string" },
      quick: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      results: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const rows = Number(values.rows ?? (values.quick ? 100_000 : LARGE_ROWS));
  if (!Number.isSafeInteger(rows) || rows < 1) {
    throw new RangeError(`--rows takes a whole number above 0: ${values.rows}`);
  }
  if (values.results && (positionals.length > 0 || rows !== LARGE_ROWS)) {
    throw new RangeError("--results is of all rows at their sizes");
  }
  const unknown = positionals.find((name) =>
    !ROWS.some((row) => row.name === name)
  );
  if (unknown !== undefined) {
    throw new RangeError(`There is no row "${unknown}"`);
  }
  const chosen = ROWS.filter(({ name }) =>
    positionals.length === 0 || positionals.includes(name)
  );
  return { ...values, rows, chosen };
}

function readArgumentsOrExit(): ReturnType<typeof readArguments> {
  try {
    return readArguments();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}

if (import.meta.main) {
  const { chosen, rows, quick, json, results, help } = readArgumentsOrExit();
  if (help) {
    console.log(USAGE);
    Deno.exit();
  }
  // Before this process makes one of its own.
  const load = Deno.loadavg()[0]!;
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
    console.log(`${textTable(rivalsTable(figures))}\n`);
    console.log(`${goalsLine(figures)}; load ${load.toFixed(1)}`);
  }
  if (results) {
    const path = new URL("RESULTS.md", import.meta.url);
    const page = rivalsMarkdown(originNow(load), figures, skipped);
    await Deno.writeTextFile(path, page);
  }
  // Native rivals keep threads that would hold the process.
  Deno.exit();
}
