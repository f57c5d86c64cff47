// A process that streams runs until it is killed. It announces what it was
// promised: "run_3 40" after 40 rows, and "run_3 closed".
import { RunStore, type RunStoreOptions } from "../../../mod.ts";
import { streamedRow } from "./_streamed_row.ts";

/** What a streamer is started with. */
export interface StreamerJob extends RunStoreOptions {
  resultsDir: string;
  firstRun: number;
}

/** Batches of a run. */
const BATCHES = 40;

const encoder = new TextEncoder();

function announce(text: string): void {
  Deno.stdout.writeSync(encoder.encode(`${text}\n`));
}

async function streamForever(job: StreamerJob): Promise<never> {
  const { resultsDir, firstRun, ...options } = job;
  const store = new RunStore(resultsDir, options);
  for (let run = firstRun;; run++) {
    const runId = `run_${run}`;
    await using writer = await store.openRun(runId);
    announce(`${runId} 0`);
    for (let batch = 0; batch < BATCHES; batch++) {
      const from = writer.length;
      const rows = 1 + (run * 31 + batch * 17) % 90;
      await writer.append(
        Array.from({ length: rows }, (_, i) => streamedRow(from + i)),
      );
      announce(`${runId} ${from + rows}`);
    }
    await writer.close();
    announce(`${runId} closed`);
  }
}

if (import.meta.main) {
  await streamForever(JSON.parse(Deno.args[0]!) as StreamerJob);
}
