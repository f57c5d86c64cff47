import {
  LatencyCollector,
  type RunLabels,
  RunStore,
} from "@astraguard/hil-metrics";
import { runBenchSession } from "./_bench_session.ts";
import { printNext } from "./_next_commands.ts";
import {
  printComparison,
  printList,
  printStats,
  printTitle,
} from "./_report.ts";
import { showProgress } from "./_show_progress.ts";

/** What a shell gives a process that the signal has ended. */
const EXIT_CODES: Partial<Record<Deno.Signal, number>> = Deno.build.os ===
    "windows"
  ? { SIGINT: 130 }
  : { SIGINT: 130, SIGTERM: 143 };

const MOST_LISTED = 5;

/** Measures for so long, saves that as a run, and prints how it compares. */
export async function measureRun(
  resultsDir: string,
  seconds: number,
): Promise<number> {
  const store = new RunStore(resultsDir);
  const runId = store.newRunId("loopback");
  await requireThatItSaves(store, runId);
  const interruption = new AbortController();
  const signals = Object.keys(EXIT_CODES) as Deno.Signal[];
  const handlers = signals.map((signal) => () => {
    if (interruption.signal.aborted) return;
    if (Deno.stdout.isTerminal()) console.log();
    console.log(`Stopped by ${signal}; what was measured is saved`);
    interruption.abort(signal);
  });
  // They stay until the run is saved, so that a second Ctrl-C changes nothing.
  signals.forEach((it, i) => Deno.addSignalListener(it, handlers[i]!));
  const collector = new LatencyCollector();
  console.log(`Measuring for ${seconds} s; Ctrl-C stops and saves`);
  const startMs = performance.now();
  const stopProgress = showProgress(collector, seconds);
  try {
    await runBenchSession(
      collector,
      AbortSignal.any([
        AbortSignal.timeout(seconds * 1000),
        interruption.signal,
      ]),
    );
  } finally {
    stopProgress();
  }
  const signal: Deno.Signal | undefined = interruption.signal.reason;
  const labels: RunLabels = signal === undefined
    ? { bench: "loopback", seconds: String(seconds), complete: "yes" }
    : {
      bench: "loopback",
      seconds: ((performance.now() - startMs) / 1000).toFixed(3),
      complete: "no",
    };
  await store.run(runId).saveLatencyStats(collector, {
    ifExists: "fail",
    labels,
  });
  signals.forEach((it, i) => Deno.removeSignalListener(it, handlers[i]!));
  await report(store, runId, labels);
  printTitle("Saved");
  console.log(`${resultsDir}/${runId}/latency_summary.json`);
  console.log(`${resultsDir}/${runId}/latency_raw.csv`);
  printNext(resultsDir, seconds);
  // Not 0: a script that goes on must not take it for a whole session.
  return signal === undefined ? 0 : EXIT_CODES[signal]!;
}

/** Saves a run and deletes it, to fail before there is something to lose. */
async function requireThatItSaves(
  store: RunStore,
  runId: string,
): Promise<void> {
  const run = store.run(runId);
  await run.saveLatencyStats(new LatencyCollector());
  await run.deleteRun();
}

/** Prints the run, and those before it that were measured in the same way. */
async function report(
  store: RunStore,
  runId: string,
  labels: RunLabels,
): Promise<void> {
  const metrics = await store.run(runId).getRunMetrics();
  const runs = [{ runId, metrics: metrics! }];
  for await (const run of store.runs({ labels })) {
    // Another session may have saved one since.
    if (run.metrics.timestamp < metrics!.timestamp) runs.push(run);
    if (runs.length === MOST_LISTED) break;
  }
  printStats(runs[0]!);
  printList("Runs measured alike, newest first", runs);
  const [, before] = runs;
  if (before === undefined) return;
  printComparison(await store.compareRuns(runId, before.runId));
}
