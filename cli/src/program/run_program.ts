import { Command as Parser, CommanderError } from "commander";
import { type Context, resultsDirOf } from "../terminal/context.ts";
import { ExitCode } from "../terminal/exit_code.ts";
import type { Terminal } from "../terminal/terminal.ts";
import { type Command, COMMANDS } from "./commands.ts";
import { printFailure } from "./print_failure.ts";
import { VERSION } from "./version.ts";

const NAME = "hil-metrics";

const ABOUT =
  "Keeps the latency runs of hardware-in-the-loop test benches, and says what has changed.";

/** Where there is no terminal to fit. */
const HELP_WIDTH = 100;

/**
 * Runs a command line.
 *
 * @returns What the program ends with, as of {@linkcode ExitCode}.
 */
export async function runProgram(
  args: readonly string[],
  terminal: Terminal,
): Promise<number> {
  let exitCode: number = ExitCode.done;
  const program = parserOf(terminal, (code) => exitCode = code);
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      return printFailure(error, terminal);
    }
    return error.exitCode === 0 ? ExitCode.done : ExitCode.usage;
  }
  return exitCode;
}

/** The help of every command, by what is typed to get it. */
export function helpTexts(terminal: Terminal): Map<string, string> {
  const texts = new Map<string, string>();
  const visit = (parser: Parser, path: string) => {
    texts.set(path, parser.helpInformation());
    for (const it of parser.commands) visit(it, `${path} ${it.name()}`);
  };
  visit(parserOf(terminal, () => {}), NAME);
  return texts;
}

function parserOf(terminal: Terminal, onEnd: (code: number) => void): Parser {
  const width = Math.min(terminal.columns, HELP_WIDTH);
  const program = new Parser(NAME).description(ABOUT).version(VERSION)
    .helpCommand("help [command]", "print the help of a command");
  for (const it of COMMANDS) add(program, it, terminal, onEnd);
  prepare(program);
  return program;

  function prepare(parser: Parser): void {
    parser.exitOverride().configureHelp({ helpWidth: width }).configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.tell(text),
      getOutHelpWidth: () => width,
      getErrHelpWidth: () => width,
      getOutHasColors: () => terminal.hasColour,
      getErrHasColors: () => terminal.hasColour,
    });
    for (const it of parser.commands) prepare(it);
  }
}

function add(
  parent: Parser,
  { usage, summary, details, group, options = [], examples, commands, load }:
    Command,
  terminal: Terminal,
  onEnd: (code: number) => void,
): void {
  const [name, ...args] = usage.split(" ");
  const parser = parent.command(name!).summary(summary)
    .description(
      details === undefined
        ? sentence(summary)
        : `${sentence(summary)} ${details}`,
    )
    .helpGroup(`${group}:`);
  for (const it of args) parser.argument(it);
  for (const it of options) parser.addOption(it);
  for (const it of commands ?? []) add(parser, it, terminal, onEnd);
  if (examples !== undefined) {
    const lines = examples.map((it) => `  ${NAME} ${it}`);
    parser.addHelpText("after", `\nExamples:\n${lines.join("\n")}`);
  }
  if (load === undefined) return;
  parser
    .option(
      "--results <dir>",
      "where the runs are (default: $HIL_METRICS_RESULTS, or results)",
    )
    .option("--json", "print one JSON document")
    .action(async () => {
      const { results, json, order, ...rest } = parser.opts();
      const context: Context = {
        terminal,
        resultsDir: resultsDirOf(results, terminal),
        isJson: json ?? false,
      };
      const run = await load();
      onEnd(await run(context, parser.args, { ...rest, orderBy: order }));
    });
}

function sentence(summary: string): string {
  return `${summary[0]!.toUpperCase()}${summary.slice(1)}.`;
}
