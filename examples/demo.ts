/**
 * A bench session of a few seconds on this machine: three simulated satellites
 * behind TCP are broken and repaired, how long that takes is measured, saved
 * as a run, and compared with the run before.
 *
 *     deno task demo [--seconds N] [--results DIR]
 *     deno task demo DIR        only look at the runs in DIR
 *
 * @module
 */
import { parseArgs } from "node:util";
import {
  LatencyCollector,
  MetricsStorage,
  StorageError,
} from "@astraguard/hil-metrics";
import { runBenchSession } from "./_bench_session.ts";
import { printReport, printTitle } from "./_report.ts";

const USAGE = `Usage: deno task demo [--seconds N] [--results DIR]
       deno task demo DIR

Measures three simulated satellites, saves the run, and compares it with the
one before; or only looks at the runs in DIR.

  --seconds N    how long to measure, 5 unless given
  --results DIR  where runs are saved, demo-results unless given
  --help         print this`;

const RUN_PREFIX = "loopback_";

const LISTED_RUNS = 5;

const PROGRESS_EVERY_MS = 100;

/** What a shell gives a process that the signal has ended. */
const EXIT_CODES: Partial<Record<Deno.Signal, number>> = Deno.build.os ===
    "windows"
  ? { SIGINT: 130 }
  : { SIGINT: 130, SIGTERM: 143 };

async function lookAtRuns(resultsDir: string): Promise<number> {
  // These are somebody's runs: nothing from here on can write.
  await Deno.permissions.revoke({ name: "write" });
  const runIds = await MetricsStorage.getRecentRuns(resultsDir, {
    orderBy: "name",
  });
  if (runIds.length === 0) {
    console.error(`There are no runs in ${resultsDir}`);
    return 1;
  }
  await printReport({ resultsDir, runIds, pairs: LISTED_RUNS });
  return 0;
}

async function measure(resultsDir: string, seconds: number): Promise<number> {
  const interruption = new AbortController();
  const signals = Object.keys(EXIT_CODES) as Deno.Signal[];
  const handlers = signals.map((signal) => () => interruption.abort(signal));
  // They stay until the run is saved, so that a second Ctrl-C changes nothing.
  signals.forEach((it, i) => Deno.addSignalListener(it, handlers[i]!));
  const collector = new LatencyCollector();
  console.log(`Measuring for ${seconds} s; Ctrl-C stops and saves`);
  const session = AbortSignal.any([
    AbortSignal.timeout(seconds * 1000),
    interruption.signal,
  ]);
  const stopProgress = showProgress(collector, seconds);
  try {
    await runBenchSession(collector, session);
  } finally {
    stopProgress();
  }
  const signal: Deno.Signal | undefined = interruption.signal.reason;
  // Not 0: a script that goes on must not take it for a whole session.
  const exitCode = signal === undefined ? 0 : EXIT_CODES[signal]!;
  if (collector.length === 0) {
    console.error("Stopped before anything was measured; nothing is saved");
    return exitCode || 1;
  }
  const runId = await save(resultsDir, collector);
  signals.forEach((it, i) => Deno.removeSignalListener(it, handlers[i]!));
  await report(resultsDir, runId);
  if (signal !== undefined) {
    console.log(`\nCut short by ${signal}; what was measured is saved`);
  }
  return exitCode;
}

async function save(
  resultsDir: string,
  collector: LatencyCollector,
): Promise<string> {
  let storage = newRun(resultsDir);
  while (await storage.getRunMetrics() !== null) {
    // Another session was saved within this second.
    await new Promise((resolve) => setTimeout(resolve, 100));
    storage = newRun(resultsDir);
  }
  await storage.saveLatencyStats(collector);
  return storage.runId;
}

/** A run named after the time, such as `loopback_2026-02-09_14-03-21`. */
function newRun(resultsDir: string): MetricsStorage {
  const time = Temporal.Now.plainDateTimeISO()
    .toString({ smallestUnit: "second" });
  const name = time.replace("T", "_").replaceAll(":", "-");
  return new MetricsStorage(`${RUN_PREFIX}${name}`, { resultsDir });
}

async function report(resultsDir: string, runId: string): Promise<void> {
  const all = await MetricsStorage.getRecentRuns(resultsDir, {
    limit: Infinity,
    orderBy: "name",
  });
  const runIds = all
    .filter((id) => id.startsWith(RUN_PREFIX) && id <= runId)
    .slice(0, LISTED_RUNS);
  await printReport({ resultsDir, runIds, pairs: 1 });
  printTitle("Saved");
  console.log(`${resultsDir}/${runId}/latency_summary.json`);
  console.log(`${resultsDir}/${runId}/latency_raw.csv`);
  printTitle("Next");
  console.log(
    runIds.length === 1
      ? "deno task demo         once more, to compare with this run"
      : "deno task demo         once more: how much do two runs differ anyway?",
  );
  console.log("deno task demo DIR     the same tables for runs you have");
  console.log("examples/record_and_compare.ts     how to record your own");
}

/** Rewrites a line with how far it is, if somebody is looking. */
function showProgress(
  collector: LatencyCollector,
  seconds: number,
): () => void {
  if (!Deno.stdout.isTerminal()) return () => {};
  const startMs = performance.now();
  const rewrite = (text: string) =>
    Deno.stdout.writeSync(new TextEncoder().encode(`\r\x1b[K${text}`));
  const timer = setInterval(() => {
    const elapsedS = (performance.now() - startMs) / 1000;
    const done = Math.min(24, Math.round(24 * elapsedS / seconds));
    const bar = "█".repeat(done).padEnd(24, "░");
    rewrite(`${bar} ${elapsedS.toFixed(1)} s, ${collector.length} latencies`);
  }, PROGRESS_EVERY_MS);
  return () => {
    clearInterval(timer);
    rewrite("");
  };
}

interface Settings {
  readonly seconds: number;
  readonly results: string;
  /** Runs that are only looked at. */
  readonly dir?: string;
  readonly help: boolean;
}

function readArguments(): Settings {
  const { values, positionals } = parseArgs({
    options: {
      seconds: { type: "string", default: "5" },
      results: { type: "string", default: "demo-results" },
      help: { type: "boolean", default: false },
    },
    allowPositionals: true,
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0 && seconds <= 3600)) {
    throw new RangeError(
      `--seconds must be above 0 and at most 3600: ${values.seconds}`,
    );
  }
  const [dir, ...more] = positionals;
  if (more.length > 0) throw new RangeError(`One DIR at most: ${more[0]}`);
  const { results, help } = values;
  return { seconds, results, help, ...(dir && { dir }) };
}

async function main(): Promise<number> {
  let settings;
  try {
    settings = readArguments();
  } catch (error) {
    // The runtime goes on to explain how to pass a name with a dash.
    console.error((error as Error).message.split(". ")[0]);
    return 2;
  }
  const { seconds, results, dir, help } = settings;
  if (help) {
    console.log(USAGE);
    return 0;
  }
  try {
    return await (dir ? lookAtRuns(dir) : measure(results, seconds));
  } catch (error) {
    if (!(error instanceof StorageError)) throw error;
    console.error(`${error.code}: ${error.message}`);
    return 1;
  }
}

Deno.exitCode = await main();
