import type { Judgement } from "@astraguard/hil-metrics/judge";
import { rowName, rowsToTell, VERDICTS } from "./text/row_text.ts";
import { visibleUpTo } from "./text/visible.ts";

type Level = "error" | "warning";

interface Annotation {
  readonly level: Level;
  readonly title: string;
  readonly message: string;
}

/** GitHub shows ten errors and ten warnings of a step, and drops the others. */
const MOST_OF_LEVEL = 10;

const MOST_CHARACTERS = 1000;
const MOST_IN_TITLE = 120;

/**
 * A judgement as workflow commands of GitHub Actions, a line each, to be
 * printed: an error for a verdict that is no pass and for each row that decided
 * so, a warning for each other row that regressed and for each warning. At most
 * ten of each are shown by GitHub; the tenth then tells how many are left out.
 *
 * @returns Lines with their ends; `""` of a pass without warnings.
 *
 * @example A line to print
 * ```ts
 * import { LatencyCollector } from "@astraguard/hil-metrics";
 * import { judge } from "@astraguard/hil-metrics/judge";
 * import { assertMatch } from "@std/assert";
 * import { githubAnnotations } from "./github_annotations.ts";
 *
 * const [before, now] = [131.7, 131.8].map((durationMs) => {
 *   const run = new LatencyCollector();
 *   run.recordAgentDecision("SAT1", 120.6, durationMs);
 *   return run;
 * });
 * const judgement = await judge({ candidates: [now!], baselines: [before!] });
 * assertMatch(githubAnnotations(judgement), /^::error title=Can't tell::/);
 * ```
 */
export function githubAnnotations(judgement: Judgement): string {
  const { verdict, reason, attribution, warnings, rows } = judgement;
  const found: Annotation[] = [];
  const { gating, changed } = rowsToTell(rows);
  if (verdict !== "pass") {
    const causes = attribution.map(({ text }) => text);
    found.push({
      level: "error",
      title: VERDICTS[verdict],
      message: [reason, ...causes].join("\n"),
    });
  }
  for (const row of [...gating, ...changed]) {
    if (row.verdict !== "regressed") continue;
    found.push({
      // What did not decide, as where the machine was too busy, is no error.
      level: row.isGating && verdict === "regressed" ? "error" : "warning",
      title: rowName(row),
      message: row.reason,
    });
  }
  for (const message of warnings) {
    found.push({ level: "warning", title: "To be known", message });
  }
  return [...shownOf(found, "error"), ...shownOf(found, "warning")]
    .map(lineOf).join("");
}

function shownOf(all: readonly Annotation[], level: Level): Annotation[] {
  const ofLevel = all.filter((it) => it.level === level);
  if (ofLevel.length <= MOST_OF_LEVEL) return ofLevel;
  const shown = ofLevel.slice(0, MOST_OF_LEVEL - 1);
  const left = ofLevel.length - shown.length;
  return [...shown, {
    level,
    title: `${left} more`,
    message: "GitHub shows ten of a step; the report has all of them",
  }];
}

function lineOf({ level, title, message }: Annotation): string {
  const lines = message.split("\n")
    .map((it) => visibleUpTo(MOST_CHARACTERS, it)).join("\n");
  return `::${level} title=${
    escapeProperty(visibleUpTo(MOST_IN_TITLE, title))
  }::${escapeData(lines)}\n`;
}

/** As the runner's own toolkit escapes the text of a command. */
function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D")
    .replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
