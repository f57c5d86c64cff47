import type { LoadedRun, RunStore } from "@astraguard/hil-metrics";
import { Progress } from "../terminal/progress.ts";
import type { Terminal } from "../terminal/terminal.ts";

/** Loads the measurements of runs, one after the other. */
export async function loadRuns(
  store: RunStore,
  runIds: readonly string[],
  terminal: Terminal,
): Promise<LoadedRun[]> {
  using progress = new Progress(terminal, "Loading");
  const runs: LoadedRun[] = [];
  for (const runId of runIds) {
    runs.push(
      await store.run(runId).load({
        onProgress: ({ bytes, totalBytes = Infinity }) =>
          progress.update({
            share: (runs.length + bytes / totalBytes) / runIds.length,
          }),
      }),
    );
  }
  return runs;
}
