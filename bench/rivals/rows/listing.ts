import { fileURLToPath } from "node:url";
import { MetricsStorage } from "../../../mod.ts";
import { makeRunDirectories } from "../../lib/data/run_directories.ts";
import { race, type Racer } from "../race.ts";
import type { RivalRow, RowContext } from "../rival_row.ts";

const SOURCE = fileURLToPath(
  new URL("../processes/recent.c", import.meta.url),
);

async function runForText(command: string, args: string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(command, { args })
    .output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

/** The numbers in the names of runs. */
function numbersOf(runIds: readonly string[]): number[] {
  return runIds.map((id) => Number(id.slice("run_".length)));
}

async function inC(
  resultsDir: string,
  { directory, skip }: RowContext,
): Promise<Racer | undefined> {
  const program = `${directory}/recent`;
  try {
    await runForText("cc", ["-O2", "-o", program, SOURCE]);
  } catch (error) {
    skip(`the listing in C: ${error}`);
    return undefined;
  }
  const list = async (calls: number) =>
    (await runForText(program, [resultsDir, `${calls}`])).trim().split("\n");
  return {
    run: () => list(1),
    answer: async () => numbersOf((await list(1)).slice(1)),
    timeMs: async (calls) => Number((await list(calls))[0]),
    goal: 3.5,
  };
}

function statEach(resultsDir: string): string[] {
  const found: [string, number][] = [];
  for (const { name } of Deno.readDirSync(resultsDir)) {
    const info = Deno.lstatSync(`${resultsDir}/${name}/latency_summary.json`);
    found.push([name, info.mtime!.getTime()]);
  }
  found.sort(([, a], [, b]) => b - a);
  return found.slice(0, 10).map(([name]) => name);
}

/** The ten most recent of many runs. */
export const listing: RivalRow = {
  name: "listing",
  async measure(context) {
    const { runs, directory } = context;
    const resultsDir = `${directory}/results`;
    await makeRunDirectories(resultsDir, runs);
    const recent = (orderBy: "mtime" | "name"): Racer => {
      const list = () => MetricsStorage.getRecentRuns(resultsDir, { orderBy });
      return { run: list, answer: async () => numbersOf(await list()) };
    };
    const ofAll = `recent 10 of ${runs.toLocaleString("en")} runs`;
    return [
      ...await race({
        what: `${ofAll}, by mtime`,
        package: recent("mtime"),
        rivals: {
          "readdir + stat in C": await inC(resultsDir, context),
          "readDirSync + lstatSync": {
            run: () => statEach(resultsDir),
            answer: () => numbersOf(statEach(resultsDir)),
          },
        },
      }, context),
      ...await race({
        what: `${ofAll}, by name`,
        package: recent("name"),
        rivals: {
          "readDirSync alone": {
            run: () => [...Deno.readDirSync(resultsDir)],
            goal: 1.3,
          },
          // What it takes not to hold the event loop meanwhile.
          "readDir alone": {
            run: () => Array.fromAsync(Deno.readDir(resultsDir)),
          },
        },
      }, context),
    ];
  },
};
