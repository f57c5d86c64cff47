/** An argument of a task. */
export interface Argument<T> {
  /** What stands for its value in the usage; a flag has none. */
  readonly value?: string;
  readonly about: string;
  /** What it is where it is not given. */
  readonly fallback: T;
  /** What its value must be. */
  readonly wanted: string;
  /** The value, or `undefined` where the text is not one. */
  read(text: string): T | undefined;
}

/** Arguments by their names. */
// deno-lint-ignore no-explicit-any -- Each has a type of its own.
export type Arguments = Readonly<Record<string, Argument<any>>>;

/** A task, and what it takes. */
export interface TaskUsage<O extends Arguments, P extends Arguments> {
  /** Its name in `deno.json`. */
  readonly task: string;
  /** What it does, as the usage says it. */
  readonly about: string;
  /** Given as `--name value` or `--name=value`. */
  readonly options?: O;
  /** Given by their place; their names are in capitals. */
  readonly positionals?: P;
}

/** What each argument is. */
export type Values<A extends Arguments> = {
  readonly [K in keyof A]: A[K] extends Argument<infer T> ? T : never;
};

/** No arguments. */
type None = Readonly<Record<never, never>>;

/**
 * Reads what a task is given. `--help` prints the usage and ends the process
 * with 0; what the task does not take ends it with 2, and a line that names it.
 */
export function readArguments<
  O extends Arguments = None,
  P extends Arguments = None,
>(usage: TaskUsage<O, P>): Values<O> & Values<P> {
  if (Deno.args.includes("--help")) {
    console.log(usageText(usage));
    Deno.exit(0);
  }
  return valuesOf(usage, [...Deno.args]) as Values<O> & Values<P>;
}

/** Ends the process for an argument that is wrong. */
export function refuse(what: string, given: string): never {
  console.error(`${what}: ${given.replace(/\p{C}/gu, "?")}`);
  Deno.exit(2);
}

/** A whole number. */
export function wholeNumber<F extends number | undefined>(
  about: string,
  { atLeast = 0, fallback }: { atLeast?: number; fallback: F },
): Argument<number | F> {
  return {
    value: "N",
    about: fallback === undefined
      ? about
      : `${about}, ${fallback} unless given`,
    fallback,
    wanted: `a whole number from ${atLeast}`,
    read: (text) => {
      const value = text.trim() === "" ? NaN : Number(text);
      return Number.isSafeInteger(value) && value >= atLeast
        ? value
        : undefined;
    },
  };
}

/** A text that is not empty. */
export function text(
  about: string,
  { value }: { value: string },
): Argument<string | undefined> {
  return {
    value,
    about,
    fallback: undefined,
    wanted: "a text",
    read: (text) => text === "" ? undefined : text,
  };
}

/** Something that is wanted or not. */
export function flag(about: string): Argument<boolean> {
  return {
    about,
    fallback: false,
    wanted: "without a value",
    read: (text) => text === "" ? true : undefined,
  };
}

function valuesOf(
  { task, options = {}, positionals = {} }: TaskUsage<Arguments, Arguments>,
  args: string[],
): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const [name, it] of Object.entries({ ...options, ...positionals })) {
    values[name] = it.fallback;
  }
  const places = Object.keys(positionals);
  for (let arg; (arg = args.shift()) !== undefined;) {
    const place = arg.startsWith("-") ? undefined : places.shift();
    if (place !== undefined) {
      values[place] = read(place, positionals[place]!, arg);
      continue;
    }
    const [, name = "", inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? [];
    if (!Object.hasOwn(options, name)) {
      refuse(`${task} takes no such argument`, arg);
    }
    const option = options[name]!;
    const isFlag = option.value === undefined;
    const given = inline ?? (isFlag ? "" : args.shift() ?? "");
    values[name] = read(`--${name}`, option, given);
  }
  return values;
}

function read<T>(name: string, argument: Argument<T>, text: string): T {
  return argument.read(text) ??
    refuse(`${name} must be ${argument.wanted}`, text || "nothing is given");
}

function usageText(
  { task, about, options = {}, positionals = {} }: TaskUsage<
    Arguments,
    Arguments
  >,
): string {
  const rows: [string, string][] = [];
  for (const [name, it] of Object.entries(options)) {
    rows.push([it.value ? `--${name} ${it.value}` : `--${name}`, it.about]);
  }
  for (const [name, it] of Object.entries(positionals)) {
    rows.push([name, it.about]);
  }
  const usage = [`deno task ${task}`];
  if (Object.keys(options).length > 0) usage.push("[OPTIONS]");
  usage.push(...Object.keys(positionals).map((name) => `[${name}]`));
  rows.push(["--help", "print this"]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, it]) => `  ${name.padEnd(width)}  ${it}`);
  return `Usage: ${usage.join(" ")}\n\n${about}\n\n${lines.join("\n")}`;
}
