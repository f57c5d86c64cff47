import { changePoints, judge } from "@astraguard/hil-metrics/judge";
import {
  renderHtmlReport,
  type ReportContent,
  type ReportHistory,
} from "../../src/report/mod.ts";
import { benchRuns } from "./_example_runs.ts";

const CREATED_AT = new Date("2026-11-25T16:30:00Z");

/** A report in one text. */
export async function pageOf(content: ReportContent): Promise<string> {
  const pieces: string[] = [];
  const made = renderHtmlReport({ createdAt: CREATED_AT, ...content });
  for await (const piece of made) pieces.push(piece);
  return pieces.join("");
}

/** Ten baselines and three candidates whose decision takes 30 % longer. */
export async function judgedContent(): Promise<ReportContent> {
  const baselines = await benchRuns("unchanged", 10);
  const candidates = await benchRuns("decision_plus_30_percent", 3);
  const judgement = await judge({
    baselines,
    candidates,
    budgets: ["agent_decision p(95)<3.5"],
  });
  return { baselines, candidates, judgement, histories: [history()] };
}

/** A figure that rose and fell again. */
export function history(): ReportHistory {
  const points = Array.from({ length: 60 }, (_, i) => ({
    runId: `run_${i}`,
    value: (i >= 25 && i < 42 ? 3.6 : 3) + 0.1 * Math.sin(i * i),
    timestamp: 1_795_622_766 + 3600 * i,
  }));
  return {
    metricType: "agent_decision",
    figure: "p95",
    points,
    changePoints: changePoints(points),
  };
}
