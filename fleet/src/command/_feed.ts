import { RunStore } from "@astraguard/hil-metrics";
import { zstd } from "@astraguard/hil-metrics/zstd";
import { FleetClient } from "../fleet_client.ts";
import type { PushProgress } from "../push/push_store.ts";
import { EXIT } from "./_exit_code.ts";
import type { Answer } from "./_print.ts";
import { type ServerArguments, serverOf } from "./_servers.ts";

/** How often a push tells a terminal how far it has come, in milliseconds. */
const TELL_MS = 200;

/** How a push was asked for. */
export interface PushArguments extends ServerArguments {
  readonly blocks?: boolean;
  readonly connections?: number;
  /** In seconds. */
  readonly patience?: number;
}

/** Brings the fleet up to date with a results directory. */
export async function pushCommand(
  resultsDir: string,
  given: PushArguments,
): Promise<Answer> {
  const { blocks = false, connections, patience } = given;
  const client = new FleetClient(await serverOf(given));
  const pushed = await untilInterrupted((signal) =>
    client.push(storeOf(resultsDir), {
      ...{ blocks, signal, onProgress: progressOn(Deno.stderr) },
      ...(connections === undefined ? {} : { connections }),
      ...(patience === undefined ? {} : { patienceMs: patience * 1000 }),
      onRetry: ({ message }) => console.error(`Tries again: ${message}`),
    })
  );
  const { benchId, added, replaced, deleted, unchanged, tooOld, skipped } =
    pushed;
  return {
    json: {
      ...{ bench_id: benchId, added, replaced, deleted, unchanged },
      too_old: tooOld,
      skipped: skipped.map(({ code, message }) => ({ code, message })),
    },
    text: [
      ...skipped.map(({ message }) => `Left out: ${message}`),
      `${benchId}: ${countsText(pushed)}`,
    ].join("\n"),
    code: skipped.length === 0 ? EXIT.ok : EXIT.noData,
  };
}

/** Has a results directory take the place of another one. */
export async function adoptCommand(
  resultsDir: string,
  given: ServerArguments,
): Promise<Answer> {
  const server = await serverOf(given);
  await new FleetClient(server).adopt(storeOf(resultsDir));
  return {
    ...{ json: { adopted: true }, code: 0 },
    text: `${server.user} is fed from ${resultsDir} now`,
  };
}

/** Brings a run of the fleet into a results directory. */
export async function pullCommand(
  runId: string,
  resultsDir: string,
  given: ServerArguments & { readonly bench?: string },
): Promise<Answer> {
  const client = new FleetClient(await serverOf(given));
  const { path, wasThere } = await untilInterrupted((signal) =>
    client.pull(runId, storeOf(resultsDir), {
      signal,
      ...(given.bench === undefined ? {} : { benchId: given.bench }),
    })
  );
  return {
    ...{ json: { run_id: runId, path, was_there: wasThere }, code: 0 },
    text: wasThere ? `${path} was there already` : path,
  };
}

function storeOf(resultsDir: string): RunStore {
  return new RunStore(resultsDir, { codecs: [zstd] });
}

/** Does something that ends early, and in order, when the process is told to. */
async function untilInterrupted<T>(
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const interrupted = new AbortController();
  const end = () =>
    interrupted.abort(new Deno.errors.Interrupted("Interrupted"));
  const signals = ["SIGINT", "SIGTERM"] as const;
  for (const signal of signals) Deno.addSignalListener(signal, end);
  try {
    return await work(interrupted.signal);
  } finally {
    for (const signal of signals) Deno.removeSignalListener(signal, end);
  }
}

function progressOn(
  { isTerminal, writeSync }: typeof Deno.stderr,
): (progress: PushProgress) => void {
  if (!isTerminal.call(Deno.stderr)) return () => {};
  let toldMs = 0;
  return (progress) => {
    if (performance.now() - toldMs < TELL_MS) return;
    toldMs = performance.now();
    const line = new TextEncoder().encode(`\r${countsText(progress)}\x1b[K\r`);
    writeSync.call(Deno.stderr, line);
  };
}

function countsText(progress: PushProgress): string {
  const { added, replaced, deleted, unchanged, tooOld } = progress;
  return `${added} new, ${replaced} replaced, ${deleted} deleted, ` +
    `${unchanged} unchanged${tooOld > 0 ? `, ${tooOld} too old` : ""}`;
}
