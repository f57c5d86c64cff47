import { Command, CommanderError, Option } from "commander";
import { FleetError } from "../model/fleet_error.ts";
import { ROLES } from "../schema/roles.ts";
import {
  benchesCommand,
  historyCommand,
  outliersCommand,
  percentileCommand,
  recentCommand,
} from "./_ask.ts";
import { EXIT, exitCodeOf } from "./_exit_code.ts";
import { adoptCommand, pullCommand, pushCommand } from "./_feed.ts";
import { judgeCommand } from "./_judge.ts";
import {
  addCommand,
  migrateCommand,
  removeCommand,
  retainCommand,
  setUpCommand,
} from "./_manage.ts";
import type { Answer } from "./_print.ts";

const ENVIRONMENT = `
What is not given comes from the environment: PGHOST, PGPORT, PGDATABASE,
PGUSER, PGSSLROOTCERT. The password is PGPASSWORD, or stands in the file that
PGPASSFILE names; it is no argument, as others can see those.

Exits with 0: done; 1: regressed or over budget; 2: called wrongly; 3: cannot tell, the server is away, say;
4: no such data, or damaged.`;

/**
 * Runs the command `hil-metrics-fleet`.
 *
 * @returns What the process exits with.
 */
export async function runCommand(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = commandLine((answer, isJson) => {
    console.log(isJson ? JSON.stringify(answer.json) : answer.text);
    ({ code } = answer);
  });
  try {
    await program.parseAsync(args, { from: "user" });
  } catch (error) {
    if (error instanceof CommanderError) {
      return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    }
    const known = exitCodeOf(error);
    if (known === undefined) throw error;
    console.error((error as Error).message);
    if (error instanceof FleetError) {
      console.error(`What to do: ${error.remedy}`);
    }
    return known;
  }
  return code;
}

function commandLine(tell: (answer: Answer, isJson: boolean) => void): Command {
  const program = new Command("hil-metrics-fleet")
    .description("The runs of many test benches in PostgreSQL.")
    .addHelpText("after", ENVIRONMENT)
    .exitOverride();
  /** Adds a command; the last parameter is what it does. */
  const add = (
    usage: string,
    about: string,
    options: readonly Option[],
    // deno-lint-ignore no-explicit-any -- As commander hands them over.
    run: (...args: any[]) => Promise<Answer>,
  ) => {
    const command = program.command(usage).description(about);
    for (const option of options) command.addOption(option);
    command
      .option("--user <name>", "who logs in")
      .option("--ca <file>", "certificates to trust, in PEM")
      .option("--no-tls", "encrypt nothing, and trust whoever answers")
      .option("--json", "print one object")
      .action(async (...args: unknown[]) => {
        // The command itself comes last.
        const given = args.at(-2) as { json?: boolean };
        tell(await run(...args.slice(0, -1)), given.json === true);
      });
  };

  add(
    "setup",
    "make roles and schema, or bring them up to date; as a login that may make roles",
    [SERVER],
    setUpCommand,
  );
  add(
    "add <role> <name>",
    `make a login, or a new password for it; the role is ${
      Object.keys(ROLES).join(", ")
    }`,
    [
      SERVER,
      new Option("--passfile <file>", "new file that gets the password")
        .makeOptionMandatory(),
    ],
    (role: string, name: string, given) => {
      if (Object.hasOwn(ROLES, role)) {
        return addCommand(role as keyof typeof ROLES, name, given);
      }
      throw new RangeError(
        `The role must be ${Object.keys(ROLES).join(", ")}: ${role}`,
      );
    },
  );
  add(
    "migrate",
    "bring the schema to the newest version; as an owner",
    [SERVER],
    migrateCommand,
  );
  add(
    "retain",
    "drop months that end before a day, and take no more runs of them; as an owner",
    [SERVER, time("--since <day>", "first day to keep").makeOptionMandatory()],
    retainCommand,
  );
  add(
    "remove <bench>",
    "remove a bench and its runs from a server; as an owner",
    [SERVER],
    removeCommand,
  );
  add(
    "push <results>",
    "bring the fleet up to date with a results directory; as its bench",
    [
      SERVER,
      new Option("--blocks", "send the measurements along"),
      number("--connections <count>", "runs that are sent at once (4)"),
      number("--patience <seconds>", "how long to try a server again (60)"),
    ],
    pushCommand,
  );
  add(
    "adopt <results>",
    "have a results directory take the place of the one that fed this bench",
    [SERVER],
    adoptCommand,
  );
  add(
    "pull <run> <results>",
    "bring a run into a results directory, to the byte",
    [SERVER, new Option("--bench <id>", "whose run it is (that of the login)")],
    pullCommand,
  );
  add(
    "benches",
    "the benches, and when each has pushed last; as a reader",
    [SERVERS],
    (given) => benchesCommand(given),
  );
  add(
    "recent",
    "the newest runs; as a reader",
    [...FILTER, LIMIT],
    (given) => recentCommand(given),
  );
  add(
    "history <metric> <figure>",
    "a figure of each run, such as p95_ms, the newest first",
    [...FILTER, SATELLITE, LIMIT],
    historyCommand,
  );
  add(
    "percentile <metric>",
    "percentiles over all durations of runs, with what they are within",
    [
      ...[...FILTER, SATELLITE],
      new Option("--quantile <q...>", "from 0 to 1 (0.5 0.95 0.99)")
        .argParser((text: string, before: number[] = []) => [
          ...before,
          numberOf(text),
        ]),
      new Option("--exact", "from the measurements themselves"),
    ],
    percentileCommand,
  );
  add(
    "outliers <metric> <figure>",
    "benches that are unlike the others",
    [
      ...[...FILTER, SATELLITE],
      number("--min-runs <count>", "leave benches with fewer runs out (3)"),
    ],
    outliersCommand,
  );
  add(
    "judge",
    "what has changed from runs with some labels to runs with others",
    [
      labels("--candidate", "of the runs that are new"),
      labels("--baseline", "of those they are compared with"),
      number("--candidates <count>", "how many at most, the newest (10)"),
      number("--baselines <count>", "how many at most, the newest (10)"),
      new Option("--budget <limit...>", 'as "agent_decision p(95)<300"'),
      ...[SERVERS, ...TIMES, BENCHES],
    ],
    (given) => judgeCommand(given),
  );
  return program;
}

const SERVER = new Option("--server <host[:port][/database]>", "the server")
  .argParser((text: string) => [text]);

const SERVERS = new Option(
  "--server <host[:port][/database]...>",
  "the server, or all of several",
);

const TIMES = [
  time("--since <time>", "runs that were saved then or later"),
  time("--until <time>", "runs that were saved before"),
];

const BENCHES = new Option("--bench <id...>", "runs of these benches");

const FILTER = [
  ...[SERVERS, ...TIMES, BENCHES],
  new Option("--label <name=value...>", "runs with all of these labels"),
];

const SATELLITE = new Option("--satellite <id>", "of this one (all together)");

const LIMIT = number("--limit <count>", "how many at most");

function labels(flag: string, about: string): Option {
  return new Option(`${flag} <name=value...>`, `labels ${about}`)
    .makeOptionMandatory();
}

function number(flags: string, about: string): Option {
  return new Option(flags, about).argParser(numberOf);
}

function numberOf(text: string): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (Number.isNaN(value)) throw new RangeError(`No number: ${text}`);
  return value;
}

function time(flags: string, about: string): Option {
  return new Option(flags, about).argParser((text: string) => {
    const value = new Date(text);
    if (!Number.isNaN(value.getTime())) return value;
    throw new RangeError(
      `No time, as 2026-11-25 or 2026-11-25T18:00Z: ${text}`,
    );
  });
}
