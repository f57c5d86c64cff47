import { race, type Racer } from "../race.ts";
import type { RivalFigure, RivalRow } from "../rival_row.ts";
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

/** Whole processes that save once, start and import included. */
export const firstSave: RivalRow = {
  name: "first-save",
  async measure(context) {
    const { directory } = context;
    const rounds = Math.max(context.rounds, ROUNDS);
    const bundled = await bundle(directory);
    const naive = processModule("naive_save.ts");
    const figures: RivalFigure[] = [];
    for (const [module, form] of [[OWN, ""], [bundled, ", bundled"]] as const) {
      for (const rows of SIZES) {
        const what = `whole process that saves ${
          rows.toLocaleString("en")
        } rows${form}`;
        figures.push(
          ...await race({
            what,
            package: racer(module, rows, directory),
            rivals: { "naive script": racer(naive, rows, directory, 1) },
          }, { ...context, rounds }),
        );
      }
    }
    return figures;
  },
};
