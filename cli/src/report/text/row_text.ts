import type {
  JudgementRow,
  RowVerdict,
  Verdict,
} from "@astraguard/hil-metrics/judge";
import { formatNumber } from "./numbers.ts";

/** What verdicts are called. */
export const VERDICTS: Readonly<Record<Verdict, string>> = {
  pass: "Pass",
  regressed: "Regressed",
  inconclusive: "Can't tell",
};

/** What rows say. */
export const ROW_VERDICTS: Readonly<Record<RowVerdict, string>> = {
  regressed: "regressed",
  improved: "improved",
  equivalent: "equivalent",
  inconclusive: "can't tell",
};

/** A value of a row with its unit; nothing where there is none. */
export function rowValue(
  { figure }: JudgementRow,
  value: number | undefined,
): string {
  if (value === undefined) return "";
  if (figure === "count") return String(value);
  return formatNumber(value) + (figure === "tail" ? "" : " ms");
}

/** A row as it is called: `agent_decision of SAT1 p95`. */
export function rowName(
  { metricType, satelliteId, figure, budget }: JudgementRow,
): string {
  const of = satelliteId === undefined ? "" : ` of ${satelliteId}`;
  return budget === undefined
    ? `${metricType}${of} ${figure}`
    : `budget ${budget}${of}`;
}

/** The rows that decide, and those that do not but changed. */
export function rowsToTell(
  rows: readonly JudgementRow[],
): { gating: JudgementRow[]; changed: JudgementRow[]; others: JudgementRow[] } {
  const isChange = ({ verdict }: JudgementRow) =>
    verdict === "regressed" || verdict === "improved";
  return {
    gating: rows.filter(({ isGating }) => isGating),
    changed: rows.filter((it) => !it.isGating && isChange(it)),
    others: rows.filter((it) => !it.isGating && !isChange(it)),
  };
}
