import { calibrate } from "@astraguard/hil-metrics/judge";
import { writeWhole } from "../files/write_whole.ts";
import { requireWhole } from "../judging/require_whole.ts";
import { loadRuns } from "../runs/load_runs.ts";
import { openStore } from "../runs/open_store.ts";
import { resolveRuns } from "../runs/resolve_runs.ts";
import { counted } from "../tables/figures.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";

/** What `calibrate` was asked for. */
export interface CalibrateOptions {
  readonly output?: string;
}

/** Learns the noise of a bench from unchanged runs. */
export async function run(
  context: Context,
  names: readonly string[],
  { output }: CalibrateOptions,
): Promise<ExitCode> {
  const { terminal } = context;
  const store = openStore(context);
  const runs = await loadRuns(
    store,
    await resolveRuns(store, names),
    terminal,
  );
  requireWhole(runs);
  const noise = await calibrate(runs);
  if (output === undefined) {
    printJson(noise, terminal);
    return ExitCode.done;
  }
  await writeWhole(output, `${JSON.stringify(noise, undefined, 2)}\n`);
  terminal.tell(`${output}: the noise of ${counted(runs.length, "run")}\n`);
  return ExitCode.done;
}
