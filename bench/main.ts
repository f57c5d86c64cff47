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

async function main(): Promise<void> {
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
  if (values.help) return console.log(USAGE);
  if (values.list) return listCases();
  const runs = values.runs === undefined ? undefined : Number(values.runs);
  if (runs !== undefined && (!Number.isInteger(runs) || runs < 1)) {
    throw new RangeError(`--runs takes a whole number above 0: ${values.runs}`);
  }
  const forPeople = !values.json && !values.markdown;
  const report = await measureSuite(
    selectCases(positionals, values.size.map(Number)),
    {
      ...values.full && FULL,
      ...runs && { minRounds: runs, maxRounds: runs },
      onCase: (figures) => {
        if (forPeople) console.log(figuresText(figures));
      },
    },
  );
  if (values.results) await writeResults(report);
  if (values.json) console.log(JSON.stringify(report));
  else if (values.markdown) console.log(reportMarkdown(report));
  else {
    const color = Deno.stdout.isTerminal() && !Deno.noColor;
    console.log(claimsText(report, color));
  }
}

if (import.meta.main) {
  try {
    await main();
  } catch (error) {
    // A mistake on the command line needs no stack.
    if (!(error instanceof TypeError || error instanceof RangeError)) {
      throw error;
    }
    console.error(`${error.message}\n\n${USAGE}`);
    Deno.exit(2);
  }
}
