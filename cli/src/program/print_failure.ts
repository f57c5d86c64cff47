import {
  CompressedDataError,
  StorageError,
  type StorageErrorCode,
} from "@astraguard/hil-metrics";
import { ImportError } from "../import/import_error.ts";
import { harmless } from "../tables/harmless.ts";
import { DataError } from "../terminal/data_error.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import { styled } from "../terminal/style.ts";
import { Interrupted, type Terminal } from "../terminal/terminal.ts";
import { UsageError } from "../terminal/usage_error.ts";

/** What the shell expects of what Ctrl-C has ended. */
const INTERRUPTED = 130;

/** Remedies that are commands here. */
const REMEDIES: Partial<Record<StorageErrorCode, string>> = {
  RUN_EXISTS: "choose another id, or replace it by --replace",
  RUN_DAMAGED:
    "`hil-metrics verify` says what is wrong; restore the file, or delete the run",
  PINNED: "`hil-metrics baseline unpin`, or name its baseline anew without it",
  COMMITTED_NOT_PUBLISHED: "nothing to repeat; the next command finishes it",
};

/**
 * Prints why a command failed: what, its code, and what to do.
 *
 * @returns What the program ends with.
 */
export function printFailure(error: unknown, terminal: Terminal): number {
  if (error instanceof Deno.errors.BrokenPipe) return ExitCode.done;
  if (error instanceof Interrupted) return INTERRUPTED;
  if (error instanceof StorageError) {
    tell(terminal, `error ${error.code}`, error.message);
    // A damaged file of baselines names its remedy; that of a run is another.
    const hasRemedy = error.code === "RUN_DAMAGED" &&
      error.path?.endsWith("/.baselines.json");
    if (!hasRemedy) {
      tell(terminal, "remedy", REMEDIES[error.code] ?? error.remedy);
    }
    return ExitCode.data;
  }
  if (error instanceof ImportError) {
    tell(terminal, `error ${error.code}`, error.message);
    return error.code === "BAD_MAPPING" ? ExitCode.usage : ExitCode.data;
  }
  if (error instanceof DataError || error instanceof CompressedDataError) {
    tell(terminal, "error", error.message);
    return ExitCode.data;
  }
  if (error instanceof UsageError) {
    tell(terminal, "error", error.message);
    return ExitCode.usage;
  }
  if (error instanceof RangeError || error instanceof TypeError) {
    tell(terminal, "error", error.message);
    return ExitCode.usage;
  }
  if (error instanceof Deno.errors.NotCapable) {
    tell(terminal, "error PERMISSION_DENIED", error.message);
    return ExitCode.data;
  }
  // Code 1 would say that something has regressed.
  const { stack } = error instanceof Error ? error : new Error(String(error));
  tell(terminal, "error", stack ?? String(error));
  return ExitCode.data;
}

function tell(terminal: Terminal, kind: string, text: string): void {
  const head = styled(`${kind}:`, kind === "remedy" ? "dim" : "red", terminal);
  // A budget's error points at the character on a line of its own.
  const lines = text.split("\n").map(harmless).join("\n");
  terminal.tell(`${head} ${lines}\n`);
}
