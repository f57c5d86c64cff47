import type { RunStore, RunVerification } from "@astraguard/hil-metrics";
import { openStore } from "../runs/open_store.ts";
import { resolveRuns } from "../runs/resolve_runs.ts";
import { counted } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import type { Context } from "../terminal/context.ts";
import { DataError } from "../terminal/data_error.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { Progress } from "../terminal/progress.ts";
import { styled } from "../terminal/style.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** What `verify` was asked for. */
export interface VerifyOptions {
  readonly all?: true;
}

/** Checks both files of runs against each other, and says what is wrong. */
export async function run(
  context: Context,
  names: readonly string[],
  { all = false }: { all?: boolean },
): Promise<ExitCode> {
  const { terminal, isJson } = context;
  if (names.length === 0 === !all) {
    throw new UsageError("Name runs to verify, or --all of them");
  }
  const store = openStore(context);
  const runIds = all
    ? await store.recentRuns({ limit: Infinity })
    : await resolveRuns(store, names);
  if (runIds.length === 0) {
    throw new DataError(`There are no runs in ${context.resultsDir}`);
  }
  const verifications = await verifyAll(store, runIds, context);
  const damaged = verifications.filter(({ ok }) => !ok);
  if (isJson) printJson(verifications, terminal);
  else {
    for (const { runId, problems } of damaged) {
      for (const { kind, message } of problems) {
        terminal.print(
          `${styled(kind, "red", terminal)} ${
            harmless(`${runId}: ${message}`)
          }`,
        );
      }
    }
    const sound = runIds.length - damaged.length;
    terminal.print(`${counted(sound, "run")} sound, ${damaged.length} not`);
  }
  return damaged.length === 0 ? ExitCode.done : ExitCode.data;
}

async function verifyAll(
  store: RunStore,
  runIds: readonly string[],
  { terminal }: Context,
): Promise<RunVerification[]> {
  using progress = new Progress(terminal, "Verifying");
  const verifications: RunVerification[] = [];
  for (const runId of runIds) {
    verifications.push(await store.run(runId).verifyRun());
    progress.update({ share: verifications.length / runIds.length });
  }
  return verifications;
}
