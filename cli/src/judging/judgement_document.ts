import type { Judgement, JudgementRow } from "@astraguard/hil-metrics/judge";

/** A judgement as `--json` prints it: ratios as they are, `null` for nothing. */
export function judgementDocument(
  { verdict, reason, isSuspicious, rows, attribution, warnings }: Judgement,
): Record<string, unknown> {
  return {
    verdict,
    reason,
    suspicious: isSuspicious,
    rows: rows.map(rowDocument),
    attribution: attribution.map((it) => ({
      metric_type: it.metricType,
      satellite_ids: it.satelliteIds,
      figures: it.figures,
      change: it.change,
      mean_change_ms: it.meanChangeMs,
      share_of_chain: it.shareOfChain ?? null,
      text: it.text,
    })),
    warnings,
  };
}

function rowDocument(row: JudgementRow): Record<string, unknown> {
  return {
    metric_type: row.metricType,
    satellite_id: row.satelliteId ?? null,
    figure: row.figure,
    baseline: row.baseline ?? null,
    candidate: row.candidate ?? null,
    change: row.change ?? null,
    interval: row.interval ?? null,
    detectable: row.detectable ?? null,
    verdict: row.verdict,
    reason: row.reason,
    gating: row.isGating,
    budget: row.budget ?? null,
  };
}
