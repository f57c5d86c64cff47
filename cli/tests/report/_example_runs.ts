import { RunStore } from "@astraguard/hil-metrics";
import { fromRoot } from "../../../tests/_from_root.ts";
import type { ReportRun } from "../../src/report/mod.ts";

/** Runs of the demo bench, by what was changed in it. */
export type BenchRuns = "unchanged" | "decision_plus_30_percent";

const RUNS = fromRoot("tests/testdata/bench-runs");

/** The newest runs of the demo bench, the newest first. */
export async function benchRuns(
  what: BenchRuns,
  limit: number,
): Promise<ReportRun[]> {
  const store = new RunStore(`${RUNS}/${what}`);
  const runs: ReportRun[] = [];
  for (const runId of await store.recentRuns({ limit })) {
    runs.push(await store.run(runId).load());
  }
  return runs;
}
