import { race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow, RowContext } from "../rival_row.ts";
import { runProcess } from "../run_process.ts";

const SIZES = [1000, 3000, 10_000];

/** A process more or less is what decides; a race needs a few more of them. */
const ROUNDS = 9;

function racer(
  module: string,
  rows: number,
  resultsDir: string,
  goal?: number,
): Racer {
  let runs = 0;
  const run = async (): Promise<string> => {
    const runId = `${module}_${rows}_${runs++}`;
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
  context: RowContext,
): Promise<RivalFigure[]> {
  const { directory } = context;
  return await race({
    what: `whole process that saves ${rows.toLocaleString("en")} rows`,
    package: racer("first_save.ts", rows, directory),
    rivals: { "naive script": racer("naive_save.ts", rows, directory, 1) },
  }, { ...context, rounds: Math.max(context.rounds, ROUNDS) });
}

/** Whole processes that save once, start and import included. */
export const firstSave: RivalRow = {
  name: "first-save",
  async measure(context) {
    const figures: RivalFigure[] = [];
    for (const rows of SIZES) figures.push(...await measure(rows, context));
    return figures;
  },
};
