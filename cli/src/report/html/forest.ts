import type { JudgementRow } from "@astraguard/hil-metrics/judge";
import { type Html, html } from "../text/html.ts";

const WIDTH = 144;
const HEIGHT = 20;

/** Changes beyond a fourth and fourfold are drawn at the edge. */
const MOST = 4;
const LEAST_SPAN = 1.2;

/** How far a picture of some rows reaches, as a ratio above 1. */
export function spanOf(rows: readonly JudgementRow[]): number {
  let span = LEAST_SPAN;
  for (const { change, interval } of rows) {
    for (const ratio of [change, ...interval ?? []]) {
      if (ratio === undefined || !(ratio > 0)) continue;
      span = Math.max(span, ratio, 1 / ratio);
    }
  }
  return Math.min(span * 1.05, MOST);
}

/**
 * A change and its interval as a line, the longer the less is known, beside the
 * line of no change. The figures stand in the row, so that it says nothing new.
 */
export function forest(
  { change, interval, verdict }: JudgementRow,
  span: number,
): Html | undefined {
  if (change === undefined) return undefined;
  const [low, high] = interval ?? [change, change];
  const middle = HEIGHT / 2;
  const at = placeOf(change, span);
  return html`
    <svg class="forest" viewBox="0 0 ${WIDTH} ${HEIGHT}"
      preserveAspectRatio="none" aria-hidden="true">
      <line class="none" x1="${placeOf(1, span)}" x2="${placeOf(
        1,
        span,
      )}" y1="0"
        y2="${HEIGHT}" />
      <path class="${verdict}"
        d="M${placeOf(low, span)} ${middle}H${placeOf(
          high,
          span,
        )}M${at} 4V${HEIGHT - 4}" />
    </svg>
  `;
}

function placeOf(ratio: number, span: number): number {
  const share = Math.log(ratio) / Math.log(span);
  const clamped = Math.min(Math.max(share, -1), 1);
  return Number(((clamped + 1) / 2 * (WIDTH - 4) + 2).toFixed(1));
}
