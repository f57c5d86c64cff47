import {
  type RunStore,
  type RunWriter,
  StorageError,
} from "@astraguard/hil-metrics";
import { readMeasurements } from "../import/read_measurements.ts";
import { openStore } from "../runs/open_store.ts";
import { counted } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import type { Context } from "../terminal/context.ts";
import { DataError } from "../terminal/data_error.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { Progress } from "../terminal/progress.ts";
import { UsageError } from "../terminal/usage_error.ts";
import {
  type InputOptions,
  readOptionsOf,
  saveOptionsOf,
  warnOfSkipped,
} from "./_input_options.ts";

/** What `record` was asked for. */
export interface RecordOptions extends InputOptions {
  readonly interruptEnds?: true;
}

/**
 * After Ctrl-C, what the other programs of a pipe still write is waited for, in
 * milliseconds.
 */
const GRACE_MS = 1000;

/** Streams standard input into a run, as it comes. */
export async function run(
  context: Context,
  [name]: readonly string[],
  options: RecordOptions,
): Promise<number> {
  const { terminal } = context;
  if (terminal.isTyped) {
    throw new UsageError(
      "record reads what another program writes: bench | hil-metrics record",
    );
  }
  const store = openStore(context);
  const runId = name ?? store.newRunId();
  const { signal } = terminal;
  const lastCall = new AbortController();
  const onInterrupt = () => {
    const timer = setTimeout(() => lastCall.abort(signal.reason), GRACE_MS);
    Deno.unrefTimer(timer);
  };
  signal.addEventListener("abort", onInterrupt);
  await using writer = await store.openRun(runId, saveOptionsOf(options));
  const measurements = readMeasurements(terminal.input, {
    ...readOptionsOf(options),
    signal: lastCall.signal,
  });
  try {
    using progress = new Progress(terminal, `Recording ${harmless(runId)}:`);
    for await (const batch of measurements) {
      await writer.append(batch);
      progress.update({ count: writer.length, unit: "samples" });
    }
    if (signal.aborted && !options.interruptEnds) throw signal.reason;
    if (writer.length === 0) throw new DataError("There was nothing to record");
  } catch (error) {
    const isEnd = options.interruptEnds && error === signal.reason;
    if (!isEnd) {
      await keep(store, writer, context);
      throw error;
    }
  } finally {
    signal.removeEventListener("abort", onInterrupt);
  }
  warnOfSkipped(measurements, terminal);
  const { length } = writer;
  await writer.close();
  if (context.isJson) {
    printJson({ run_id: runId, samples: length, incomplete: false }, terminal);
  } else {
    terminal.print(runId);
    terminal.tell(`${counted(length, "sample")} recorded\n`);
  }
  return ExitCode.done;
}

/** Makes a run of what there is, marked incomplete. */
async function keep(
  store: RunStore,
  writer: RunWriter,
  { terminal }: Context,
): Promise<void> {
  const { runId, length } = writer;
  if (length === 0) {
    await writer.abort();
    return;
  }
  await writer[Symbol.asyncDispose]();
  let keptAs: string;
  try {
    [keptAs = runId] = await store.recover({ runId });
  } catch (error) {
    // On a full disk; what has ended the recording is told as well.
    if (!(error instanceof StorageError)) throw error;
    terminal.tell(
      `Not a run yet: ${counted(length, "sample")} of ${
        harmless(runId)
      } stay in its journal, of which \`hil-metrics recover\` makes one\n`,
    );
    return;
  }
  terminal.tell(
    `Kept as run ${harmless(keptAs)}, marked incomplete: ${
      counted(length, "sample")
    }\n`,
  );
}
