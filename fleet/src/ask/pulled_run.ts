import { type MetricsStorage, RunStore } from "@astraguard/hil-metrics";
import { zstd } from "@astraguard/hil-metrics/zstd";
import { pullRun } from "../pull/pull_run.ts";
import type { AskedServer } from "./_ask_servers.ts";

/**
 * Brings a run into a temporary directory and does something with it there.
 *
 * @throws {FleetError} `NO_BLOCK`: its measurements were not pushed; `DAMAGED`:
 * they are not what was pushed; or the server fails.
 */
export async function withPulledRun<T>(
  { options, timeoutMs }: AskedServer,
  run: { readonly benchId: string; readonly runId: string },
  work: (run: MetricsStorage) => Promise<T>,
): Promise<T> {
  const resultsDir = await Deno.makeTempDir({ prefix: "hil-metrics-fleet-" });
  try {
    const store = new RunStore(resultsDir, { codecs: [zstd] });
    await pullRun(store, options, run, { patienceMs: timeoutMs });
    return await work(store.run(run.runId));
  } finally {
    await Deno.remove(resultsDir, { recursive: true });
  }
}
