import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { Progress } from "../report/progress.ts";
import { Campaign } from "./campaign.ts";
import {
  judgeMarkdown,
  type JudgeReport,
  judgeText,
} from "./judge_markdown.ts";
import {
  type DesignReport,
  designsOf,
  type HistoryReport,
  tryDesign,
  tryHistories,
} from "./judge_report.ts";
import { NOISE_KINDS } from "./noise_kinds.ts";
import { readPool, type RunPool, simulatePool } from "./run_pool.ts";
import { measureSpeed, type SpeedFigure } from "./speed.ts";

const REAL = "real";
const HISTORIES = "histories";
const SPEED = "speed";
const PARTS = [...NOISE_KINDS.map(({ id }) => id), REAL, HISTORIES, SPEED];

const USAGE = `Usage: deno task bench:judge [part...] [options]

Judges unchanged and slowed runs by the thousand and counts false alarms and
what is found, beside other rules.

  --runs <dir>        a directory of results directories: unchanged, and others
                      whose agent was slowed down; may be given several times,
                      rather than the runs of the tests
  --judgements <n>    of each design and slow-down, rather than 4,000
  --seed <n>          of all draws, rather than 1
  --json              print one JSON object; all else goes to standard error
  --results           write bench/JUDGE.md, of all parts
  --help              print this

Parts: ${PARTS.join(", ")}
`;

const JUDGEMENTS = 4000;
const SPEED_ROWS = 1_000_000;

/** Simulated runs of a pool at most, to draw from. */
const POOL_RUNS = 1000;

function readArguments() {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      runs: { type: "string", multiple: true },
      judgements: { type: "string", default: String(JUDGEMENTS) },
      seed: { type: "string", default: "1" },
      json: { type: "boolean", default: false },
      results: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const judgements = Number(values.judgements);
  const seed = Number(values.seed);
  if (!Number.isSafeInteger(judgements) || judgements < 1) {
    throw new RangeError(
      `--judgements takes a whole number above 0: ${values.judgements}`,
    );
  }
  if (!Number.isSafeInteger(seed)) {
    throw new RangeError(`--seed takes a whole number: ${values.seed}`);
  }
  const unknown = positionals.find((it) => !PARTS.includes(it));
  if (unknown !== undefined) {
    throw new RangeError(`There is no part "${unknown}"`);
  }
  if (values.results && (positionals.length > 0 || judgements < JUDGEMENTS)) {
    throw new RangeError("--results is of all parts, at their size");
  }
  const parts = positionals.length > 0 ? positionals : PARTS;
  const own = fileURLToPath(
    new URL("../../tests/testdata/bench-runs", import.meta.url),
  );
  return { ...values, judgements, seed, parts, runs: values.runs ?? [own] };
}

function readArgumentsOrExit(): ReturnType<typeof readArguments> {
  try {
    return readArguments();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}

if (import.meta.main) {
  const { parts, runs, judgements, seed, json, results, help } =
    readArgumentsOrExit();
  if (help) {
    console.log(USAGE);
    Deno.exit();
  }
  const poolRuns = Math.min(POOL_RUNS, Math.max(40, judgements));
  const pools: (() => RunPool | Promise<RunPool>)[] = NOISE_KINDS
    .filter(({ id }) => parts.includes(id))
    .map((kind) => () => simulatePool(kind, poolRuns, seed));
  if (parts.includes(REAL)) pools.push(...runs.map((it) => () => readPool(it)));

  const progress = new Progress(pools.length + 2);
  const designs: DesignReport[] = [];
  for (const makePool of pools) {
    const pool = await makePool();
    progress.next(pool.name);
    const campaign = new Campaign();
    for (const design of designsOf(pool)) {
      designs.push(tryDesign(campaign, pool, design, judgements, seed));
    }
  }
  let trends: HistoryReport[] = [];
  progress.next(HISTORIES);
  if (parts.includes(HISTORIES)) trends = tryHistories(judgements, seed);
  let speed: SpeedFigure[] = [];
  progress.next(SPEED);
  if (parts.includes(SPEED)) speed = await measureSpeed(SPEED_ROWS);
  progress.clear();

  if (designs.length + trends.length + speed.length === 0) {
    console.error("Nothing was judged: there are too few runs");
    Deno.exit(1);
  }
  const report: JudgeReport = {
    judgements,
    histories: judgements,
    seed,
    designs,
    trends,
    speed,
  };
  console.log(json ? JSON.stringify(report) : judgeText(report));
  if (results) {
    const path = fileURLToPath(new URL("../JUDGE.md", import.meta.url));
    await Deno.writeTextFile(path, judgeMarkdown(report));
  }
}
