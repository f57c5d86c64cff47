// A process that saves and deletes runs until it is killed. It announces each
// change before it begins and after it is done: "begin run_1 17".
import { MetricsStorage, type MetricsStorageOptions } from "../../../mod.ts";
import { collectGeneration, NO_RUN } from "./_generation.ts";
import { pick, randomFrom } from "./_random.ts";

/** What a saver is started with. */
export interface SaverJob extends MetricsStorageOptions {
  resultsDir: string;
  seed: number;
  firstGeneration: number;
  /** Runs of different lanes are changed at the same time. */
  lanes: string[][];
}

/** One change in so many is a deletion. */
const DELETE_SHARE = 0.1;

const encoder = new TextEncoder();

function announce(event: string, runId: string, generation: number): void {
  Deno.stdout.writeSync(encoder.encode(`${event} ${runId} ${generation}\n`));
}

async function changeForever(job: SaverJob): Promise<never> {
  const { lanes, seed, firstGeneration, ...options } = job;
  let generation = firstGeneration;
  const random = randomFrom(seed);
  const change = async (runId: string) => {
    const storage = new MetricsStorage(runId, options);
    if (random() < DELETE_SHARE) {
      announce("begin", runId, NO_RUN);
      await storage.deleteRun();
      announce("done", runId, NO_RUN);
    } else {
      const mine = generation++;
      const collector = collectGeneration(mine);
      announce("begin", runId, mine);
      await storage.saveLatencyStats(collector);
      announce("done", runId, mine);
    }
  };
  return await Promise.race(lanes.map(async (runIds): Promise<never> => {
    while (true) await change(pick(runIds, random));
  }));
}

if (import.meta.main) {
  await changeForever(JSON.parse(Deno.args[0]!) as SaverJob);
}
