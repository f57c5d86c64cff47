import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { ALL_CASES } from "./cases/all.ts";
import { selectCases } from "./cases/select_cases.ts";
import {
  measureSuite,
  type MeasureSuiteOptions,
} from "./measure/measure_suite.ts";
import type { BenchReport } from "./report/bench_report.ts";
import { reportMarkdown } from "./report/markdown.ts";
import { plotCase, plotName } from "./report/plot.ts";
import { claimsText, figuresText } from "./report/text.ts";

const USAGE = `Usage: deno task bench [case...] [options]

Measures the report's comparisons and says which of its claims hold.

  --runs <n>     measure n rounds of each case, rather than some seconds
  --size <n>     measure at this size, rather than at the report's; repeatable
  --full         five times as long
  --json         print one JSON object; all else goes to standard error
  --markdown     print Markdown
  --results      write bench/RESULTS.md and bench/plots/
  --list         list the cases
`;

const FULL: MeasureSuiteOptions = {
  budgetMs: 7500,
  minRounds: 15,
  maxRounds: 301,
  spreadBudgetMs: 500,
};

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

function readArguments() {
  const { values, positionals } = parseArgs({
    args: Deno.args,
    allowPositionals: true,
    options: {
      runs: { type: "string" },
      size: { type: "string", multiple: true, default: [] },
      full: { type: "boolean", default: false },
      json: { type: "boolean", default: false },
      markdown: { type: "boolean", default: false },
      results: { type: "boolean", default: false },
      list: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && (!Number.isInteger(runs) || runs < 1)) {
    throw new RangeError(`--runs takes a whole number above 0: ${values.runs}`);
  }
  if (values.results && (positionals.length > 0 || values.size.length > 0)) {
    throw new RangeError("--results is of all cases at the report's sizes");
  }
  return {
    ...values,
    runs,
    steps: selectCases(positionals, values.size.map(Number)),
  };
}

type Arguments = ReturnType<typeof readArguments>;

function readArgumentsOrExit(): Arguments {
  try {
    return readArguments();
  } catch (error) {
    console.error(`${(error as Error).message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}

async function measure(
  { steps, runs, full, json, markdown, results }: Arguments,
): Promise<void> {
  const forPeople = !json && !markdown;
  const report = await measureSuite(steps, {
    ...full && FULL,
    ...runs && { minRounds: runs, maxRounds: runs },
    onCase: (figures) => {
      if (forPeople) console.log(figuresText(figures));
    },
  });
  if (results) await writeResults(report);
  if (json) console.log(JSON.stringify(report));
  if (markdown) console.log(reportMarkdown(report));
  if (forPeople) {
    const color = Deno.stdout.isTerminal() && !Deno.noColor;
    console.log(claimsText(report, color));
  }
}

if (import.meta.main) {
  const wanted = readArgumentsOrExit();
  if (wanted.help) console.log(USAGE);
  else if (wanted.list) listCases();
  else await measure(wanted);
}
