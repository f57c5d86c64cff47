import {
  LatencyCollector,
  type RunLabels,
  RunStore,
} from "@astraguard/hil-metrics";
import { runProgram, type Terminal } from "@astraguard/hil-metrics-cli";

/** What a command line ended with, and printed. */
export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A terminal that keeps what is printed. */
export interface KeptTerminal extends Terminal {
  readonly out: string[];
  readonly err: string[];
}

/** A terminal of tests: into a pipe unless told otherwise. */
export function keptTerminal(
  settings: Partial<Terminal> = {},
): KeptTerminal {
  const out: string[] = [];
  const err: string[] = [];
  const decoder = new TextDecoder();
  return {
    columns: Infinity,
    hasColour: false,
    isWatched: false,
    input: ReadableStream.from<Uint8Array>([]),
    isTyped: false,
    signal: new AbortController().signal,
    print: (line) => void out.push(`${line}\n`),
    write: (bytes) => Promise.resolve(void out.push(decoder.decode(bytes))),
    tell: (text) => void err.push(text),
    environment: () => undefined,
    out,
    err,
    ...settings,
  };
}

/** Runs a command line in this process. */
export async function run(
  args: readonly string[],
  settings: Partial<Terminal> = {},
): Promise<Outcome> {
  const terminal = keptTerminal(settings);
  const code = await runProgram(args, terminal);
  return { code, out: terminal.out.join(""), err: terminal.err.join("") };
}

/** Runs of a bench whose decisions take so long, one a second. */
export async function saveRuns(
  resultsDir: string,
  decisionsMs: Readonly<Record<string, number>>,
  labels: RunLabels = {},
): Promise<void> {
  const store = new RunStore(resultsDir, { durability: "none" });
  for (const [runId, decisionMs] of Object.entries(decisionsMs)) {
    const { summary } = await store.run(runId)
      .saveLatencyStats(collectorOf(runId, decisionMs), { labels });
    savedS += 1;
    await Deno.utime(summary, savedS, savedS);
  }
}

let savedS = 1_790_000_000;

/** A run whose noise depends on its name. */
export function collectorOf(
  runId: string,
  decisionMs: number,
): LatencyCollector {
  let timeS = savedS;
  const collector = new LatencyCollector({ clock: () => timeS += 0.001 });
  let state = [...runId].reduce((sum, it) => sum * 31 + it.charCodeAt(0), 7);
  for (let i = 0; i < 300; i++) {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    const noise = state / 2 ** 31 - 0.5;
    const satelliteId = `SAT${1 + i % 2}`;
    collector.recordFaultDetection(satelliteId, i, 80 + 10 * noise);
    collector.recordAgentDecision(satelliteId, i, decisionMs * (1 + noise / 8));
  }
  return collector;
}
