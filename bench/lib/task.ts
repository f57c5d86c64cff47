import { parseArgs, type ParseArgsOptionsConfig } from "node:util";

const FAILURE = 1;
/** What a shell's own commands exit with when they are called wrongly. */
const USAGE_ERROR = 2;

/** What an option is read as: a flag, a text, or the texts of a repeated one. */
type ValueOf<Option> = Option extends { type: "boolean" } ? boolean
  : Option extends { multiple: true } ? string[]
  : string;

/** The options that were given, by their names. */
export type OptionValues<Options> = {
  readonly [Name in keyof Options]?: ValueOf<Options[Name]>;
};

/** A command that `deno task` runs. */
export interface Task<Options extends ParseArgsOptionsConfig, Wanted> {
  /** What `--help` prints; its first line begins `Usage: deno task <name>`. */
  usage: string;
  /** The options besides `--help`, in the form of `parseArgs` of `node:util`. */
  options: Options;
  /**
   * Makes of the arguments what is wanted.
   *
   * @throws {RangeError} They make no sense.
   */
  read: (
    options: OptionValues<Options>,
    positionals: readonly string[],
  ) => Wanted;
  /**
   * Does it.
   *
   * @throws {TaskFailure} It cannot, for a reason that one line tells.
   */
  run: (wanted: Wanted) => Promise<void>;
}

/** A failure that its message explains to whoever called the task. */
export class TaskFailure extends Error {
  override readonly name = "TaskFailure";
  /** What the process exits with. */
  readonly code: number;

  /** A failure that ends the process with this code. */
  constructor(message: string, { code = FAILURE }: { code?: number } = {}) {
    super(message);
    this.code = code;
  }
}

/**
 * Runs a task with the arguments of the process. `--help` prints what the task
 * is for and does nothing else; arguments that make no sense, and failures that
 * explain themselves, print one line and set the exit code.
 */
export async function runTask<
  const Options extends ParseArgsOptionsConfig,
  Wanted,
>({ usage, options, read, run }: Task<Options, Wanted>): Promise<void> {
  if (asksForHelp(Deno.args)) {
    console.log(usage.trimEnd());
    return;
  }
  try {
    await run(readArguments(usage, options, read));
  } catch (error) {
    if (!(error instanceof TaskFailure)) throw error;
    console.error(error.message);
    Deno.exitCode = error.code;
  }
}

/**
 * The whole number above 0 that a text spells.
 *
 * @throws {RangeError} It spells something else; the message names what was
 * being read.
 */
export function wholeNumber(name: string, text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (!Number.isSafeInteger(value) || value < 1) {
    throw new RangeError(`${name} is a whole number above 0, not "${text}"`);
  }
  return value;
}

function asksForHelp(args: readonly string[]): boolean {
  const end = args.indexOf("--");
  const options = end === -1 ? args : args.slice(0, end);
  return options.includes("--help") || options.includes("-h");
}

function readArguments<Options extends ParseArgsOptionsConfig, Wanted>(
  usage: string,
  options: Options,
  read: Task<Options, Wanted>["read"],
): Wanted {
  try {
    const { values, positionals } = parseArgs({
      args: [...Deno.args],
      options,
      allowPositionals: true,
    });
    return read(values as OptionValues<Options>, positionals);
  } catch (error) {
    if (!(error instanceof RangeError || isParseError(error))) throw error;
    const [reason] = error.message.split("\n");
    const task = usage.match(/deno task \S+/)?.[0];
    throw new TaskFailure(`${reason}; ${task} --help says what there is`, {
      code: USAGE_ERROR,
    });
  }
}

function isParseError(error: unknown): error is Error {
  return error instanceof Error && "code" in error &&
    String(error.code).startsWith("ERR_PARSE_ARGS_");
}
