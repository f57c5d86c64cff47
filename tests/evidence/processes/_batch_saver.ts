// A process that saves batches until it is killed: the first of new runs, then
// generation after generation of the same ones beside a new one. It announces
// each batch before it begins and after it is done: "begin 17".
import { RunStore } from "../../../mod.ts";
import { collectGeneration } from "./_generation.ts";

/** What a saver of batches is started with. */
export interface BatchSaverJob {
  readonly resultsDir: string;
  readonly runIds: readonly string[];
  readonly firstGeneration: number;
}

const encoder = new TextEncoder();

function announce(event: string, generation: number): void {
  Deno.stdout.writeSync(encoder.encode(`${event} ${generation}\n`));
}

async function saveForever(
  { resultsDir, runIds, firstGeneration }: BatchSaverJob,
): Promise<never> {
  const store = new RunStore(resultsDir);
  for (let generation = firstGeneration;; generation++) {
    const collector = collectGeneration(generation);
    announce("begin", generation);
    const all = [...runIds, `new_${generation}`];
    await store.saveRuns(all.map((runId) => ({ runId, collector })));
    announce("done", generation);
  }
}

if (import.meta.main) {
  await saveForever(JSON.parse(Deno.args[0]!) as BatchSaverJob);
}
