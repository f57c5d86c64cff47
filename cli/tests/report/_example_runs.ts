import { RunStore } from "@astraguard/hil-metrics";
import type { ReportRun } from "../../src/report/mod.ts";

/** Runs of the demo bench, by what was changed in it. */
export type BenchRuns = "unchanged" | "decision_plus_30_percent";

const RUNS = new URL("../../../tests/testdata/bench-runs/", import.meta.url);

/** The newest runs of the demo bench, the newest first. */
export async function benchRuns(
  what: BenchRuns,
  limit: number,
): Promise<ReportRun[]> {
  const store = new RunStore(new URL(what, RUNS).pathname);
  const runs: ReportRun[] = [];
  for (const runId of await store.recentRuns({ limit })) {
    runs.push(await store.run(runId).load());
  }
  return runs;
}
