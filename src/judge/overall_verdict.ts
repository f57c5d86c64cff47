import type { Budget } from "./budgets/budget.ts";
import type { FiguresToJudge } from "./figures_to_judge.ts";
import type { Judgement, JudgementRow } from "./judgement.ts";
import { formatChange } from "./percent.ts";
import { UNKNOWN_NOISE } from "./rows/judged_row.ts";

/** The verdict of a judgement, in the order of what outweighs what. */
export function overallVerdict(
  rows: readonly JudgementRow[],
  { minChange, isIncomplete, baselines, candidates, noise, budgets }:
    FiguresToJudge,
  busy: string | undefined,
  isSuspicious: boolean,
): Pick<Judgement, "verdict" | "reason" | "isSuspicious"> {
  const inconclusive = (reason: string) => ({
    verdict: "inconclusive" as const,
    reason,
    isSuspicious,
  });
  if (busy !== undefined) {
    return inconclusive(`The machine is too busy to measure: ${busy}`);
  }
  const deadlines = new Set(budgets.filter(isDeadline).map(({ text }) => text));
  const regressed = rows.filter(({ isGating, verdict, budget }) =>
    isGating && verdict === "regressed" &&
    // A deadline is missed whatever was not measured any more.
    (!isIncomplete || budget !== undefined && deadlines.has(budget))
  );
  if (isIncomplete && regressed.length === 0) {
    return inconclusive("A candidate is incomplete");
  }
  if (regressed.length > 0) {
    const [first] = regressed as [JudgementRow];
    const more = regressed.length - 1;
    return {
      verdict: "regressed",
      reason: `${nameOf(first)}: ${first.reason}${
        more === 0 ? "" : `; and ${more} more gating row${more > 1 ? "s" : ""}`
      }`,
      isSuspicious: false,
    };
  }
  if (isSuspicious) {
    return inconclusive(
      "The candidate looks slower, but not surely: run two more, and judge all three",
    );
  }
  if (
    baselines.length === 1 && candidates.length === 1 && noise === undefined
  ) {
    return inconclusive(
      UNKNOWN_NOISE[0]!.toUpperCase() + UNKNOWN_NOISE.slice(1),
    );
  }
  const open = rows.filter((row) =>
    row.isGating &&
    !(row.budget === undefined
      ? row.detectable !== undefined && row.detectable <= 1 + minChange
      : row.verdict === "equivalent")
  );
  if (open.length > 0) {
    const [first] = open as [JudgementRow];
    return inconclusive(
      `${open.length} gating row${open.length > 1 ? "s" : ""} can't tell; ${
        nameOf(first)
      }: ${first.reason}`,
    );
  }
  const gating = rows.filter(({ isGating }) => isGating);
  if (gating.length === 0) {
    return inconclusive("There is nothing to judge by");
  }
  return {
    verdict: "pass",
    reason: gating.every(({ budget }) => budget !== undefined)
      ? "All budgets are kept; nothing else was judged by"
      : `No gating row regressed, and each would have found ${
        formatChange(1 + minChange)
      }`,
    isSuspicious: false,
  };
}

/** Whether a budget is a deadline for single measurements. */
function isDeadline({ figure, limit }: Budget): boolean {
  return figure.name === "max" && limit.kind === "absolute";
}

/** A row as a sentence begins with it. */
function nameOf(
  { metricType, satelliteId, figure, budget }: JudgementRow,
): string {
  const of = satelliteId === undefined ? "" : ` of ${satelliteId}`;
  return budget === undefined
    ? `${metricType}${of} ${figure}`
    : `budget ${budget} (${metricType}${of})`;
}
