/**
 * The command line of `@astraguard/hil-metrics`: records, lists, compares and
 * judges the latency runs of hardware-in-the-loop test benches.
 *
 *     deno install -g -n hil-metrics jsr:@astraguard/hil-metrics-cli
 *     hil-metrics help
 *
 * @module
 */
import { runProgram } from "./src/program/run_program.ts";
import { systemTerminal } from "./src/terminal/terminal.ts";

export { ExitCode } from "./src/terminal/exit_code.ts";
export { runProgram } from "./src/program/run_program.ts";
export type { Terminal } from "./src/terminal/terminal.ts";

if (import.meta.main) {
  Deno.exit(await runProgram(Deno.args, systemTerminal()));
}
