import { withScratch } from "../lib/measure/scratch.ts";
import { originNow } from "../lib/report/origin.ts";
import { Progress } from "../lib/report/progress.ts";
import { textTable } from "../lib/report/table.ts";
import { runTask, TaskFailure, wholeNumber } from "../lib/task.ts";
import type { RivalFigure, RivalRow } from "./rival_row.ts";
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

It exits with 1 if a row could not be measured.
`;

const LARGE_ROWS = 1_000_000;

/** What to measure, at which sizes, and where the figures go. */
interface Wanted {
  chosen: readonly RivalRow[];
  rows: number;
  quick: boolean;
  json: boolean;
  results: boolean;
}

/** What was found, and why there is not more of it. */
interface Found {
  figures: RivalFigure[];
  /** Rivals that could not be measured. */
  skipped: string[];
  /** Rows that could not be measured at all. */
  failed: string[];
}

function selectRows(names: readonly string[]): RivalRow[] {
  const known = ROWS.map(({ name }) => name);
  const unknown = names.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(
      `There is no row "${unknown}", only ${known.join(", ")}`,
    );
  }
  return ROWS.filter(({ name }) => names.length === 0 || names.includes(name));
}

async function measureRows({ chosen, rows, quick }: Wanted): Promise<Found> {
  const progress = new Progress(chosen.length);
  const found: Found = { figures: [], skipped: [], failed: [] };
  const skip = (reason: string) => {
    found.skipped.push(reason);
    console.error(`skipped: ${reason}`);
  };
  await withScratch(async (scratch) => {
    for (const { name, measure } of chosen) {
      progress.next(name);
      const directory = await Deno.makeTempDir({ dir: scratch });
      try {
        const figures = await measure({
          rows,
          runs: quick ? 1000 : 10_000,
          rounds: quick ? 3 : 5,
          directory,
          skip,
        });
        found.figures.push(...figures);
      } catch (error) {
        skip(`${name}: ${error instanceof Error ? error.stack : error}`);
        found.failed.push(name);
      }
      await Deno.remove(directory, { recursive: true });
    }
  });
  return found;
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: {
      rows: { type: "string" },
      quick: { type: "boolean" },
      json: { type: "boolean" },
      results: { type: "boolean" },
    },
    read(
      { rows: rowsText, quick = false, json = false, results = false },
      names,
    ): Wanted {
      const usualRows = quick ? LARGE_ROWS / 10 : LARGE_ROWS;
      const rows = rowsText === undefined
        ? usualRows
        : wholeNumber("--rows", rowsText);
      if (results && (names.length > 0 || quick || rows !== LARGE_ROWS)) {
        throw new RangeError("--results is of all rows at their sizes");
      }
      return { chosen: selectRows(names), rows, quick, json, results };
    },
    async run(wanted) {
      // Before this process makes one of its own.
      const load = Deno.loadavg()[0]!;
      const { figures, skipped, failed } = await measureRows(wanted);
      if (wanted.json) {
        console.log(JSON.stringify({ figures, skipped }, null, 2));
      } else if (figures.length > 0) {
        console.log(`${textTable(rivalsTable(figures))}\n`);
        console.log(`${goalsLine(figures)}; load ${load.toFixed(1)}`);
      }
      if (wanted.results && figures.length > 0) {
        const path = new URL("RESULTS.md", import.meta.url);
        const page = rivalsMarkdown(originNow(load), figures, skipped);
        await Deno.writeTextFile(path, page);
      }
      if (failed.length > 0) {
        throw new TaskFailure(`Could not measure ${failed.join(", ")}`);
      }
    },
  });
  // Native rivals keep threads that would hold the process.
  Deno.exit();
}
