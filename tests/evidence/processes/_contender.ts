// A process that saves, reads, lists, compares and deletes runs which others
// change at the same time. Prints how often it did what, or fails.
import { MetricsStorage, StorageError } from "../../../mod.ts";
import {
  collectGeneration,
  generationOfMetrics,
  loadGeneration,
  NO_RUN,
  readGeneration,
} from "./_generation.ts";
import { pick, randomFrom } from "./_random.ts";

/** What a contender is started with. */
export interface ContenderJob {
  resultsDir: string;
  runIds: string[];
  seconds: number;
  seed: number;
  /** Its saves are this generation, and every `generationStep`th after it. */
  firstGeneration: number;
  generationStep: number;
}

/** What can be found while others change the run. */
const HARMLESS = new Set([
  "missing-summary",
  "missing-csv",
  "unfinished-commit",
]);

async function contend(job: ContenderJob): Promise<Record<string, number>> {
  const { resultsDir, runIds } = job;
  const random = randomFrom(job.seed);
  const counts: Record<string, number> = {};
  let generation = job.firstGeneration;
  const acts: Record<string, (storage: MetricsStorage) => Promise<unknown>> = {
    save: async (storage) => {
      await storage.saveLatencyStats(collectGeneration(generation));
      generation += job.generationStep;
    },
    saveAgain: (storage) => acts.save!(storage),
    delete: (storage) => storage.deleteRun(),
    read: readGeneration,
    load: loadGeneration,
    revalidate: async (storage) => {
      const metrics = await storage.getRunMetrics({ useCache: "revalidate" });
      return metrics === null ? NO_RUN : generationOfMetrics(metrics);
    },
    compare: async (storage) => {
      try {
        await storage.compareRuns(pick(runIds, random));
      } catch (error) {
        if (!(error instanceof StorageError)) throw error;
        if (error.code !== "RUN_NOT_FOUND") throw error;
      }
    },
    verify: async (storage) => {
      const { problems } = await storage.verifyRun();
      const harm = problems.find((it) => !HARMLESS.has(it.kind));
      if (harm !== undefined) throw new Error(JSON.stringify(problems));
    },
    list: async () => {
      const listed = await MetricsStorage.getRecentRuns(resultsDir);
      if (!listed.every((it) => runIds.includes(it))) {
        throw new Error(`${listed}`);
      }
    },
  };
  const names = Object.keys(acts);
  const endMs = performance.now() + job.seconds * 1000;
  while (performance.now() < endMs) {
    const name = pick(names, random);
    const runId = pick(runIds, random);
    try {
      await acts[name]!(new MetricsStorage(runId, { resultsDir }));
    } catch (cause) {
      throw new Error(`${name} ${runId} failed`, { cause });
    }
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

if (import.meta.main) {
  const job = JSON.parse(Deno.args[0]!) as ContenderJob;
  console.log(JSON.stringify(await contend(job)));
}
