import type { StorageError } from "@astraguard/hil-metrics";
import { openStore } from "../runs/open_store.ts";
import { counted } from "../tables/figures.ts";
import { harmless } from "../tables/harmless.ts";
import type { Context } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { printJson } from "../terminal/print_json.ts";
import { styled } from "../terminal/style.ts";

/** Makes runs of what was being recorded when its process ended. */
export async function run(context: Context): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const failures: StorageError[] = [];
  const runIds = await openStore(context).recover({
    onUnreadable: (error) => failures.push(error),
  });
  if (isJson) {
    printJson({
      recovered: runIds,
      failed: failures.map(({ code, path = null, message }) => ({
        code,
        path,
        message,
      })),
    }, terminal);
  } else {
    for (const runId of runIds) terminal.print(harmless(runId));
    terminal.tell(`${counted(runIds.length, "run")} recovered\n`);
  }
  for (const { code, message } of failures) {
    terminal.tell(
      `${styled(`error ${code}:`, "red", terminal)} ${harmless(message)}\n`,
    );
  }
  return failures.length === 0 ? ExitCode.done : ExitCode.data;
}
