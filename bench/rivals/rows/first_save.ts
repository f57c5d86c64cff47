import { race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";
import { processModule, runProcess } from "../run_process.ts";

const SIZES = [1000, 3000, 10_000];

/** A process more or less is what decides; a race needs a few more of them. */
const ROUNDS = 9;

const OWN = processModule("first_save.ts");

/** The script with the package in one file, as `deno bundle` puts them. */
async function bundle(directory: string): Promise<string> {
  const path = `${directory}/first_save.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--no-lock", "-o", path, OWN],
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return path;
}

function racer(
  module: string,
  rows: number,
  resultsDir: string,
  goal?: number,
): Racer {
  const run = async (): Promise<string> => {
    const runId = crypto.randomUUID();
    await runProcess(module, [`${rows}`, resultsDir, runId]);
    return `${resultsDir}/${runId}`;
  };
  return {
    run,
    answer: async () => [
      ...await Deno.readFile(`${await run()}/latency_raw.csv`),
    ],
    ...goal !== undefined && { goal },
  };
}

async function measure(
  rows: number,
  bundled: string,
  context: RowContext,
): Promise<RivalFigure[]> {
  const { directory } = context;
  return await race({
    what: `whole process that saves ${rows.toLocaleString("en")} rows`,
    package: racer(OWN, rows, directory),
    rivals: {
      "the same bundled": racer(bundled, rows, directory),
      "naive script": racer(processModule("naive_save.ts"), rows, directory, 1),
    },
  }, { ...context, rounds: Math.max(context.rounds, ROUNDS) });
}

/** Whole processes that save once, start and import included. */
export const firstSave: RivalRow = {
  name: "first-save",
  async measure(context) {
    const figures: RivalFigure[] = [];
    const bundled = await bundle(context.directory);
    for (const rows of SIZES) {
      figures.push(...await measure(rows, bundled, context));
    }
    return figures;
  },
};
