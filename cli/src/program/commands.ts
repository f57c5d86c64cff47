import { Option } from "commander";
import type { Context } from "../terminal/context.ts";
import {
  another,
  count,
  countOrAll,
  label,
  share,
  time,
  timeOrigin,
} from "./option_values.ts";

/** What a command is called with: names of runs and the like, and options. */
export type Run = (
  context: Context,
  names: readonly string[],
  // deno-lint-ignore no-explicit-any -- each command has options of its own
  options: any,
) => number | Promise<number>;

/** A command as it is typed, and how it is loaded once it is. */
export interface Command {
  /** Its name, and what follows it, as `show <run>`. */
  readonly usage: string;
  /** What it does, in a line. */
  readonly summary: string;
  /** More of it. */
  readonly details?: string;
  readonly group: "Record" | "Look" | "Judge" | "Keep";
  readonly options?: readonly Option[];
  /** Each a command line without the program's name. */
  readonly examples?: readonly string[];
  /** Commands within it. */
  readonly commands?: readonly Command[];
  readonly load?: () => Promise<Run>;
}

const RUNS =
  "RUN is an id, latest, latest~1 (the one before), the name of a baseline, or what one id alone begins with.";

const UNITS = ["ns", "us", "ms", "s"];

function option(flags: string, description: string): Option {
  return new Option(flags, description);
}

const PREFIX = () => option("--prefix <text>", "runs whose id begins with it");
const LABEL = () =>
  option("--label <name=value>", "runs with this label; may be repeated")
    .argParser(label);
const SINCE = () =>
  option(
    "--since <time>",
    "saved then or later: 2026-11-25, or an age as 12h, 30d, 4w",
  )
    .argParser(time);
const ORDER = () =>
  option("--order <by>", "what recent goes by").choices(["mtime", "name"])
    .default("mtime");

/** How measurements are read. */
const INPUT = () => [
  option("--format <name>", "what the input is (default: seen)")
    .choices(["csv", "jsonl", "lines", "jtl", "k6", "mitata", "hyperfine"]),
  option("--metric <name>", "the metric type of every row"),
  option(
    "--metric-column <column>",
    "or the column that has it, by name or number",
  ),
  option("--satellite <id>", "the satellite of every row"),
  option("--satellite-column <column>", "or the column that has it"),
  option("--duration <column>", "the column that has durations"),
  option("--time <column>", "the column that has scenario times"),
  option("--timestamp <column>", "the column that has timestamps"),
  option(
    "--unit <unit>",
    "of durations (default: as the column's name ends, or ms)",
  )
    .choices(UNITS),
  option(
    "--time-unit <unit>",
    "of scenario times (default: as the column's name ends, or s)",
  )
    .choices(UNITS),
  option(
    "--timestamp-unit <unit>",
    "of timestamps (default: as the column's name ends, or s)",
  )
    .choices(UNITS),
  option(
    "--time-origin <when>",
    "the timestamp at which scenario time is 0: first, earliest, or Unix seconds",
  ).argParser(timeOrigin),
  option("--delimiter <character>", "of a CSV, or tab (default: seen)"),
  option("--decimal-comma", "numbers have a comma before their fraction"),
  option("--no-header", "the first line of a CSV is a row"),
  option("--only <metrics...>", "read these metric types alone"),
  option(
    "--skip-bad-rows",
    "pass over rows that are no measurements, and count them",
  ),
  option("--label <name=value>", "what to say of the run; may be repeated")
    .argParser(label),
  option("--replace", "replace the run if there is one"),
];

/** Every command, in the order of the help. */
export const COMMANDS: readonly Command[] = [
  {
    usage: "record [id]",
    summary: "stream standard input into a run, as it comes",
    details:
      `Reads CSV, JSON lines, or lines of "metric satellite duration [time]". What has been read survives Ctrl-C, kill and power failure: it becomes a run that is marked incomplete.`,
    group: "Record",
    options: [
      ...INPUT(),
      option(
        "--interrupt-ends",
        "Ctrl-C is how it ends: the run is complete then",
      ),
    ],
    examples: ["record thermal_003 --label host=bench-7 < measurements.csv"],
    load: async () => (await import("../commands/record.ts")).run,
  },
  {
    usage: "import <file> [id]",
    summary: "make a run of a file of another tool",
    details:
      "Reads any CSV, JSON lines, JMeter's JTL, k6's CSV and JSON, mitata's and hyperfine's JSON, compressed by gzip or zstd as well; - is standard input. What has no single measurements is refused.",
    group: "Record",
    options: INPUT(),
    examples: [
      "import results.jtl",
      "import log.csv --metric downlink --satellite-column probe --duration wait_us",
    ],
    load: async () => (await import("../commands/import.ts")).run,
  },
  {
    usage: "export <run>",
    summary: "write a run as CSV, JSON lines or Parquet",
    details: RUNS,
    group: "Record",
    options: [
      option(
        "--format <name>",
        "the format (default: by the file's name, or csv)",
      )
        .choices(["csv", "jsonl", "parquet"]),
      option(
        "-o, --output <file>",
        "where to write it (default: standard output)",
      ),
      option("--compress <codec>", "compress it (default: by the file's name)")
        .choices(["gzip", "zstd"]),
    ],
    examples: [
      "export latest -o run.parquet",
      "export latest --format jsonl | head",
    ],
    load: async () => (await import("../commands/export.ts")).run,
  },
  {
    usage: "list",
    summary: "list runs, newest first",
    group: "Look",
    options: [
      option("-n, --limit <count>", "how many, or all").argParser(countOrAll)
        .default(20),
      PREFIX(),
      LABEL(),
      SINCE(),
      option("--until <time>", "saved before that").argParser(time),
      ORDER(),
      option("--incomplete", "only runs that were cut off"),
      option("--no-incomplete", "no runs that were cut off"),
      option("--ids", "print ids alone, one a line"),
    ],
    examples: ["list --label host=bench-7 --since 7d", "list -n all --json"],
    load: async () => (await import("../commands/list.ts")).run,
  },
  {
    usage: "show <run>",
    summary: "print the summary of a run",
    details: RUNS,
    group: "Look",
    examples: ["show latest"],
    load: async () => (await import("../commands/show.ts")).run,
  },
  {
    usage: "compare <run> <other>",
    summary: "print the figures of two runs side by side",
    details: `${RUNS} It says what differs; gate says what has changed.`,
    group: "Look",
    examples: ["compare latest latest~1"],
    load: async () => (await import("../commands/compare.ts")).run,
  },
  {
    usage: "trend [metric]",
    summary: "print how a figure went over runs, and where it changed",
    group: "Look",
    options: [
      option("--figure <name>", "which figure")
        .choices(["mean", "p50", "p95", "p99", "max", "min"]).default("p95"),
      option("--satellite <id>", "of one satellite rather than all"),
      option("-n, --limit <count>", "how many of the newest runs, or all")
        .argParser(countOrAll).default(200),
      option("--min-change <share>", "report no smaller change: 0.05, or 5%")
        .argParser(share),
      PREFIX(),
      LABEL(),
      SINCE(),
      ORDER(),
    ],
    examples: ["trend agent_decision --figure p50 --label branch=main"],
    load: async () => (await import("../commands/trend.ts")).run,
  },
  {
    usage: "report [runs...]",
    summary: "write runs, their judgement and history as one page of HTML",
    details: `${RUNS} The page needs no network.`,
    group: "Look",
    options: [
      option("-b, --baseline <runs...>", "what the runs are judged against"),
      option("--budget <text>", "a limit, as of gate; may be repeated")
        .argParser(another),
      option("--noise <file>", "what calibrate wrote"),
      option(
        "--history <count>",
        "with the p95 of so many of the newest runs, or all",
      )
        .argParser(countOrAll),
      option("--title <text>", "what stands on top"),
      option("-o, --output <file>", "where to write it").default("report.html"),
    ],
    examples: [
      "report latest",
      "report latest -b main --history 200 -o report.html",
    ],
    load: async () => (await import("../commands/report.ts")).run,
  },
  {
    usage: "gate [candidates...]",
    summary:
      "judge runs against baselines: exits 0 pass, 1 regressed, 3 can't tell, 4 no data",
    details:
      `${RUNS} Ten baselines and three candidates decide well. Data that is missing, incomplete or damaged never passes.`,
    group: "Judge",
    options: [
      option(
        "-b, --baseline <runs...>",
        "what the candidates are judged against",
      ),
      option(
        "--budget <text>",
        "a limit, as 'agent_decision p(95)<300' or 'p(99)<+5%'; may be repeated",
      )
        .argParser(another),
      option("--budgets <file>", "limits, one a line"),
      option("--noise <file>", "what calibrate wrote"),
      option(
        "--min-change <share>",
        "what the gate must be able to find to pass (default: 0.5)",
      )
        .argParser(share),
      option(
        "--margin <share>",
        "within it a change counts as none (default: 0.1)",
      )
        .argParser(share),
      option("--all-rows", "print the rows that do not decide, too"),
      option("--report <file>", "write the judgement as a page of HTML, too"),
      option(
        "--markdown <file>",
        "and as Markdown, for a pull request's comment",
      ),
      option("--junit <file>", "and as JUnit XML"),
      option("--github", "and print it as annotations of GitHub Actions"),
      option(
        "--self-test",
        "try on the baselines whether the gate can fail, and what it finds",
      ),
    ],
    examples: [
      "gate latest latest~1 latest~2 --baseline main",
      "gate latest --budget 'agent_decision p(95)<300'",
      "gate --self-test --baseline main",
    ],
    load: async () => (await import("../commands/gate.ts")).run,
  },
  {
    usage: "calibrate <runs...>",
    summary: "learn the noise of a bench from unchanged runs, for gate --noise",
    details: `${RUNS} Twenty runs make a good calibration.`,
    group: "Judge",
    options: [
      option(
        "-o, --output <file>",
        "where to write it (default: standard output)",
      ),
    ],
    examples: ["calibrate main -o bench-7.noise.json"],
    load: async () => (await import("../commands/calibrate.ts")).run,
  },
  {
    usage: "baseline",
    summary: "name runs that others are judged against, and keep runs",
    details:
      `${RUNS} A run of a baseline, or one that is pinned, is not deleted.`,
    group: "Judge",
    examples: ["baseline name main latest latest~1 latest~2", "baseline list"],
    commands: [
      {
        usage: "list",
        summary: "print baselines and pinned runs",
        group: "Judge",
        load: async () => (await import("../commands/baseline.ts")).list,
      },
      {
        usage: "name <name> <runs...>",
        summary: "give runs a name; those that had it lose it",
        group: "Judge",
        load: async () => (await import("../commands/baseline.ts")).name,
      },
      {
        usage: "remove <name>",
        summary: "forget a name, and keep its runs no longer",
        group: "Judge",
        load: async () => (await import("../commands/baseline.ts")).remove,
      },
      {
        usage: "pin <runs...>",
        summary: "keep runs",
        group: "Judge",
        load: async () => (await import("../commands/baseline.ts")).pin,
      },
      {
        usage: "unpin <runs...>",
        summary: "keep runs no longer",
        group: "Judge",
        load: async () => (await import("../commands/baseline.ts")).unpin,
      },
    ],
  },
  {
    usage: "verify [runs...]",
    summary: "check the files of runs against each other",
    group: "Keep",
    options: [option("--all", "every run there is")],
    examples: ["verify latest", "verify --all"],
    load: async () => (await import("../commands/verify.ts")).run,
  },
  {
    usage: "recover",
    summary: "make runs of what was being recorded when its process ended",
    group: "Keep",
    load: async () => (await import("../commands/recover.ts")).run,
  },
  {
    usage: "prune",
    summary: "show old runs, and with --yes delete them",
    details: "Runs that are pinned, or part of a baseline, stay.",
    group: "Keep",
    options: [
      option(
        "--older-than <time>",
        "saved before that: a date, or an age as 30d",
      )
        .argParser(time),
      option("--keep <count>", "but for so many of the newest").argParser(
        count,
      ),
      PREFIX(),
      LABEL(),
      option("--yes", "delete them"),
    ],
    examples: [
      "prune --older-than 90d --keep 100",
      "prune --older-than 90d --yes",
    ],
    load: async () => (await import("../commands/prune.ts")).run,
  },
];
