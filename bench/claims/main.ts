import { fileURLToPath } from "node:url";
import { MIN_ROUNDS } from "../lib/measure/bootstrap.ts";
import { runTask, wholeNumber } from "../lib/task.ts";
import { ALL_CASES } from "./cases/all.ts";
import type { SuiteStep } from "./cases/bench_case.ts";
import { selectCases } from "./cases/select_cases.ts";
import { measureInProcess } from "./measure/measure_in_process.ts";
import { measureSuite } from "./measure/measure_suite.ts";
import { mergeReports } from "./measure/merge_reports.ts";
import type { BenchReport } from "./report/bench_report.ts";
import { reportMarkdown } from "./report/markdown.ts";
import { plotCase, plotName } from "./report/plot.ts";
import { claimsText, figuresText } from "./report/text.ts";

const USAGE = `Usage: deno task bench [case...] [options]

Measures the report's comparisons and says which of its claims hold.

  --runs <n>     measure n rounds of each case, rather than some seconds
  --size <n>     measure at this size, rather than at the case's; repeatable
  --full         measure in five processes, and so five times as long
  --json         print one JSON object; all else goes to standard error
  --markdown     print Markdown
  --results      write RESULTS.md and plots/ in bench/claims
  --list         list the cases
  --help         print this

Environment:
  HIL_METRICS_ORIGINAL_BEFORE  a checkout of the Python program before the report
  HIL_METRICS_ORIGINAL         a checkout of it afterwards
  HIL_METRICS_PYTHON           the Python to run them with, python3 by default
`;

/** Processes that measure with `--full`, one after the other. */
const FULL_PROCESSES = 5;

/** What to measure, how, and where the figures go. */
interface Wanted {
  steps: readonly SuiteStep[];
  /** The arguments that say so. */
  stepArgs: readonly string[];
  runs: number | undefined;
  full: boolean;
  json: boolean;
  markdown: boolean;
  results: boolean;
  list: boolean;
}

async function writeResults(report: BenchReport): Promise<void> {
  const directory = fileURLToPath(new URL(".", import.meta.url));
  await Deno.mkdir(`${directory}plots`, { recursive: true });
  for (const figures of report.figures) {
    await Deno.writeTextFile(
      `${directory}plots/${plotName(figures)}`,
      plotCase(figures),
    );
  }
  await Deno.writeTextFile(`${directory}RESULTS.md`, reportMarkdown(report));
}

function listCases(): void {
  for (const { name, title, sizes } of ALL_CASES) {
    console.log(`${name.padEnd(14)} ${title(sizes.at(-1)!)}`);
  }
}

function measureHere(
  steps: readonly SuiteStep[],
  runs: number | undefined,
  forPeople: boolean,
): Promise<BenchReport> {
  return measureSuite(steps, {
    ...runs && { minRounds: runs, maxRounds: runs },
    onCase: (figures) => {
      if (forPeople) console.log(figuresText(figures));
    },
  });
}

async function measureFully(
  stepArgs: readonly string[],
  runs: number | undefined,
  forPeople: boolean,
): Promise<BenchReport> {
  const args = [...runs ? [`--runs=${runs}`] : [], ...stepArgs];
  const first = await measureInProcess(args);
  const others: BenchReport[] = [];
  while (others.length < FULL_PROCESSES - 1) {
    others.push(await measureInProcess(args));
  }
  const report = mergeReports([first, ...others]);
  if (forPeople) {
    for (const figures of report.figures) console.log(figuresText(figures));
  }
  return report;
}

async function measure(wanted: Wanted): Promise<void> {
  const { steps, stepArgs, runs, full, json, markdown, results } = wanted;
  const forPeople = !json && !markdown;
  const report = full
    ? await measureFully(stepArgs, runs, forPeople)
    : await measureHere(steps, runs, forPeople);
  if (results) await writeResults(report);
  if (json) console.log(JSON.stringify(report));
  if (markdown) console.log(reportMarkdown(report));
  if (forPeople) {
    const color = Deno.stdout.isTerminal() && !Deno.noColor;
    console.log(claimsText(report, color));
  }
}

if (import.meta.main) {
  await runTask({
    usage: USAGE,
    options: {
      runs: { type: "string" },
      size: { type: "string", multiple: true },
      full: { type: "boolean" },
      json: { type: "boolean" },
      markdown: { type: "boolean" },
      results: { type: "boolean" },
      list: { type: "boolean" },
    },
    read(
      {
        runs: runsText,
        size = [],
        full = false,
        json = false,
        markdown = false,
        results = false,
        list = false,
      },
      cases,
    ): Wanted {
      const runs = runsText === undefined
        ? undefined
        : wholeNumber("--runs", runsText);
      if (results && (cases.length > 0 || size.length > 0)) {
        throw new RangeError("--results is of all cases at their sizes");
      }
      if (results && runs !== undefined && runs < MIN_ROUNDS) {
        throw new RangeError(`--results takes ${MIN_ROUNDS} rounds at least`);
      }
      const sizes = size.map((text) => wholeNumber("--size", text));
      return {
        steps: selectCases(cases, sizes),
        stepArgs: [...sizes.map((it) => `--size=${it}`), ...cases],
        runs,
        full,
        json,
        markdown,
        results,
        list,
      };
    },
    async run(wanted) {
      if (wanted.list) listCases();
      else await measure(wanted);
    },
  });
}
