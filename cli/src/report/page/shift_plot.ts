/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type UPlot from "uplot";
import { colorOf, colorOfIndex } from "./colors.ts";
import type { PageShift } from "./page_data.ts";
import {
  axis,
  formatNumber,
  nameOfQuantile,
  type Place,
  plot,
} from "./plot.ts";

const CANDIDATES = 1;

/** Draws by how much each quantile moved, within its interval. */
export function shiftPlot(
  place: Place,
  { probabilities, changes, lows, highs }: PageShift,
): UPlot {
  const noPoints = { show: false };
  const edge: UPlot.Series = { points: noPoints, stroke: "transparent" };
  return plot(
    place,
    {
      scales: { x: { time: false, range: [0, 1] }, y: { range: withZero } },
      axes: [
        axis("quantile", {
          size: 34,
          values: (_, marks) => marks.map(nameOfQuantile),
        }),
        axis("change (%)", { size: 52 }),
      ],
      cursor: { y: false, drag: { x: false, y: false } },
      bands: [{ series: [3, 2], fill: () => colorOf("--band") }],
      series: [
        {},
        {
          stroke: () => colorOfIndex(CANDIDATES),
          width: 2,
          points: noPoints,
        },
        edge,
        edge,
      ],
      hooks: {
        drawAxes: [drawZero],
        setCursor: [({ cursor: { idx } }) => {
          place.readout.textContent = idx == null
            ? ""
            : `${nameOfQuantile(probabilities[idx]!)}: ${
              signed(changes[idx]!)
            } (${signed(lows[idx])} to ${signed(highs[idx])})`;
        }],
      },
    },
    [probabilities, changes, lows, highs] as unknown as UPlot.AlignedData,
  );
}

function withZero(_: UPlot, low: number, high: number): [number, number] {
  const margin = Math.max(1, (high - low) / 10);
  return [Math.min(0, low) - margin, Math.max(0, high) + margin];
}

function drawZero({ ctx, bbox, valToPos }: UPlot): void {
  const y = Math.round(valToPos(0, "y", true));
  ctx.save();
  ctx.strokeStyle = colorOf("--muted");
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  ctx.moveTo(bbox.left, y);
  ctx.lineTo(bbox.left + bbox.width, y);
  ctx.stroke();
  ctx.restore();
}

function signed(percent: number | null | undefined): string {
  if (percent == null) return "no limit";
  return `${percent < 0 ? "" : "+"}${formatNumber(percent)} %`;
}
