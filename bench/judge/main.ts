import { fileURLToPath } from "node:url";
import { Progress } from "../lib/report/progress.ts";
import { runTask, TaskFailure, wholeNumber } from "../lib/task.ts";
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

interface Wanted {
  readonly parts: readonly string[];
  readonly runs: readonly string[];
  readonly judgements: number;
  readonly seed: number;
  readonly json: boolean;
  readonly results: boolean;
}

async function judgeThem(
  { parts, runs, judgements, seed, json, results }: Wanted,
): Promise<void> {
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
    throw new TaskFailure("Nothing was judged: there are too few runs");
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

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: {
      runs: { type: "string", multiple: true },
      judgements: { type: "string" },
      seed: { type: "string" },
      json: { type: "boolean" },
      results: { type: "boolean" },
    },
    read: (options, positionals): Wanted => {
      const { runs, json = false, results = false } = options;
      const judgements = wholeNumber(
        "--judgements",
        options.judgements ?? String(JUDGEMENTS),
      );
      const seed = wholeNumber("--seed", options.seed ?? "1");
      const unknown = positionals.find((it) => !PARTS.includes(it));
      if (unknown !== undefined) {
        throw new RangeError(
          `There is no part "${unknown}", only ${PARTS.join(", ")}`,
        );
      }
      if (results && (positionals.length > 0 || judgements < JUDGEMENTS)) {
        throw new RangeError("--results is of all parts, at their size");
      }
      const own = fileURLToPath(
        new URL("../../tests/testdata/bench-runs", import.meta.url),
      );
      const parts = positionals.length > 0 ? positionals : PARTS;
      return { parts, runs: runs ?? [own], judgements, seed, json, results };
    },
    run: judgeThem,
  });
}
