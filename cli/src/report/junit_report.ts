import type { Judgement, JudgementRow } from "@astraguard/hil-metrics/judge";
import { formatChange, formatCount, formatInterval } from "./text/numbers.ts";
import { rowName, rowsToTell, rowValue, VERDICTS } from "./text/row_text.ts";
import { escapeXml } from "./text/xml.ts";

/** Options of {@linkcode junitReport}. */
export interface JUnitReportOptions {
  /**
   * The name of the suite.
   *
   * @default {"latency"}
   */
  readonly suite?: string | undefined;
}

/** CI systems grow slow with more; rows that decide or changed come first. */
const MOST_ROWS = 1000;

type Outcome = "passed" | "failure" | "error" | "skipped";

interface TestCase {
  readonly className: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly message: string;
  readonly details: string;
}

/**
 * A judgement as JUnit XML, for CI systems that list tests. The verdict is the
 * first test: `regressed` fails, and `inconclusive` is an error, since a gate
 * that can't tell has not passed. Each row is a test: one that decided for
 * `regressed` fails; one that regressed without a say is skipped, with its
 * reason. At most 1,000 rows are there, those that decided or changed first; how
 * many are left out, and warnings, stands in the suite's output.
 *
 * @example A judgement that can't tell is no pass
 * ```ts
 * import { LatencyCollector } from "@astraguard/hil-metrics";
 * import { judge } from "@astraguard/hil-metrics/judge";
 * import { assertMatch } from "@std/assert";
 * import { junitReport } from "./junit_report.ts";
 *
 * const [before, now] = [131.7, 131.8].map((durationMs) => {
 *   const run = new LatencyCollector();
 *   run.recordAgentDecision("SAT1", 120.6, durationMs);
 *   return run;
 * });
 * const judgement = await judge({ candidates: [now!], baselines: [before!] });
 * assertMatch(junitReport(judgement), /<testsuites .* failures="0" errors="1"/);
 * ```
 */
export function junitReport(
  judgement: Judgement,
  { suite = "latency" }: JUnitReportOptions = {},
): string {
  const { verdict, warnings } = judgement;
  const { gating, changed, others } = rowsToTell(judgement.rows);
  const rows = [...gating, ...changed, ...others];
  const left = rows.length - MOST_ROWS;
  const cases = [
    verdictCase(judgement),
    ...rows.slice(0, MOST_ROWS).map((row) =>
      rowCase(row, verdict === "regressed")
    ),
  ];
  const count = (outcome: Outcome): number =>
    cases.filter((it) => it.outcome === outcome).length;
  const counts = `tests="${cases.length}" failures="${
    count("failure")
  }" errors="${count("error")}"`;
  const lines = [
    ...warnings.map((it) => `Warning: ${it}`),
    ...(left > 0 ? [`${formatCount(left, "more row")} left out`] : []),
  ];
  const output = lines.length === 0
    ? ""
    : `    <system-out>${lines.map(escapeXml).join("\n")}</system-out>\n`;
  const name = escapeXml(suite);
  return `<?xml version="1.0" encoding="UTF-8"?>
<testsuites name="${name}" ${counts}>
  <testsuite name="${name}" ${counts} skipped="${count("skipped")}">
${cases.map(elementOf).join("")}${output}  </testsuite>
</testsuites>
`;
}

function verdictCase(
  { verdict, reason, attribution }: Judgement,
): TestCase {
  return {
    className: "judgement",
    name: "verdict",
    outcome: verdict === "pass"
      ? "passed"
      : verdict === "regressed"
      ? "failure"
      : "error",
    message: `${VERDICTS[verdict]}: ${reason}`,
    details: attribution.map(({ text }) => text).join("\n"),
  };
}

function rowCase(row: JudgementRow, hasRegressed: boolean): TestCase {
  const { metricType, satelliteId, figure, budget, verdict, reason } = row;
  const isFailure = verdict === "regressed" && row.isGating && hasRegressed;
  return {
    className: satelliteId === undefined
      ? metricType
      : `${metricType}.${satelliteId}`,
    name: budget === undefined ? figure : `budget ${budget}`,
    outcome: isFailure
      ? "failure"
      : verdict === "regressed"
      ? "skipped"
      : "passed",
    message: isFailure
      ? `${rowName(row)}: ${reason}`
      : `does not decide: ${reason}`,
    details: detailsOf(row),
  };
}

function detailsOf(row: JudgementRow): string {
  const { baseline, candidate, change, interval } = row;
  const lines = [
    ["baseline", rowValue(row, baseline)],
    ["candidate", rowValue(row, candidate)],
    ["change", formatChange(change)],
    ["95 % interval", formatInterval(interval)],
  ].filter(([, value]) => value !== "");
  return lines.map(([name, value]) => `${name}: ${value}`).join("\n");
}

function elementOf(
  { className, name, outcome, message, details }: TestCase,
): string {
  const head = `    <testcase classname="${escapeXml(className)}" name="${
    escapeXml(name)
  }"`;
  if (outcome === "passed") return `${head}/>\n`;
  const attributes = `message="${escapeXml(message)}"`;
  if (outcome === "skipped") {
    return `${head}><skipped ${attributes}/></testcase>\n`;
  }
  const type = outcome === "failure" ? "regressed" : "inconclusive";
  const text = details.split("\n").map(escapeXml).join("\n");
  return `${head}><${outcome} type="${type}" ${attributes}>${text}</${outcome}></testcase>\n`;
}
