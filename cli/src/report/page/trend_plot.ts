/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import UPlot from "uplot";
import { colorOf, colorOfIndex } from "./colors.ts";
import type { PageTrend } from "./page_data.ts";
import { axis, formatNumber, type Place, plot } from "./plot.ts";

const DASH = [4, 4];

/** Draws a figure run by run, its level between changes, and the changes. */
export function trendPlot(
  place: Place,
  { axis: label, values, names, changes, levels }: PageTrend,
): UPlot {
  const indices = values.map((_, i) => i);
  let stretch = 0;
  const levelAt = indices.map((i) => {
    while (changes[stretch]! <= i) stretch++;
    return levels[stretch]!;
  });
  return plot(
    place,
    {
      scales: { x: { time: false } },
      axes: [
        axis("run, oldest first", {
          size: 34,
          incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000],
          values: (_, marks) => marks.map((it) => String(it + 1)),
        }),
        axis(label, { size: 60 }),
      ],
      cursor: { y: false },
      series: [
        {},
        {
          stroke: () => colorOfIndex(0),
          paths: () => null,
          points: { show: true, size: 5, fill: () => colorOfIndex(0) },
        },
        {
          stroke: () => colorOfIndex(1),
          width: 2,
          points: { show: false },
          paths: UPlot.paths.stepped!({ align: 1 }),
        },
      ],
      hooks: {
        drawAxes: [(it) => drawChanges(it, changes)],
        setCursor: [({ cursor: { idx } }) => {
          place.readout.textContent = idx == null
            ? ""
            : `${names[idx]}: ${formatNumber(values[idx]!)}`;
        }],
      },
    },
    [indices, values as number[], levelAt],
  );
}

function drawChanges(
  { ctx, bbox, valToPos }: UPlot,
  changes: readonly number[],
): void {
  ctx.save();
  ctx.strokeStyle = colorOf("--muted");
  ctx.setLineDash(DASH);
  ctx.lineWidth = devicePixelRatio;
  ctx.beginPath();
  for (const change of changes) {
    const x = Math.round(valToPos(change - 0.5, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
  }
  ctx.stroke();
  ctx.restore();
}
