import { readMeasurements } from "../import/read_measurements.ts";
import { openStore } from "../runs/open_store.ts";
import { counted } from "../tables/figures.ts";
import type { Context } from "../terminal/context.ts";
import { DataError } from "../terminal/data_error.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { Progress } from "../terminal/progress.ts";
import {
  type InputOptions,
  readOptionsOf,
  saveOptionsOf,
  warnOfSkipped,
} from "./_input_options.ts";

/** Makes a run of a file of another tool, all of it or nothing. */
export async function run(
  context: Context,
  [path, name]: readonly string[],
  options: InputOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const store = openStore(context);
  const runId = name ?? store.newRunId();
  const { input, sizeBytes } = await open(path!, context);
  const measurements = readMeasurements(input, {
    ...readOptionsOf(options),
    signal: terminal.signal,
  });
  await using writer = await store.openRun(runId, saveOptionsOf(options));
  try {
    using progress = new Progress(terminal, "Importing");
    for await (const batch of measurements) {
      await writer.append(batch);
      progress.update({ count: writer.length, unit: "samples" });
    }
    if (writer.length === 0) {
      throw new DataError(`There are no measurements in ${path}`);
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const { length } = writer;
  await writer.close();
  const { skippedRows, format } = measurements;
  if (context.isJson) {
    printJson({
      run_id: runId,
      samples: length,
      format: format ?? null,
      size_bytes: sizeBytes ?? null,
      skipped_rows: skippedRows,
    }, terminal);
    return ExitCode.done;
  }
  terminal.print(runId);
  terminal.tell(`${counted(length, "sample")} imported from ${format}\n`);
  warnOfSkipped(measurements, terminal);
  return ExitCode.done;
}

async function open(
  path: string,
  { terminal }: Context,
): Promise<{ input: ReadableStream<Uint8Array>; sizeBytes?: number }> {
  if (path === "-") return { input: terminal.input };
  try {
    const file = await Deno.open(path);
    const { size, isFile } = await file.stat();
    return { input: file.readable, ...(isFile && { sizeBytes: size }) };
  } catch (error) {
    throw new DataError(
      `Cannot read ${path}: ${error instanceof Error ? error.message : error}`,
    );
  }
}
