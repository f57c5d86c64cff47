/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type UPlot from "uplot";
import { colorOfIndex } from "./colors.ts";
import { durationAxis, heightOf } from "./duration_axis.ts";
import type { PageDistribution } from "./page_data.ts";
import {
  axis,
  formatNumber,
  nameOfQuantile,
  type Place,
  plot,
} from "./plot.ts";

/**
 * Draws which share of the durations is how short: probabilities go up, so
 * that all curves share them, and durations to the right.
 */
export function distributionPlot(
  place: Place,
  { probabilities, curves, isLog }: PageDistribution,
): UPlot {
  return plot(
    place,
    {
      scales: {
        x: { time: false, ori: 1, dir: 1, range: [0, 1] },
        y: { ori: 0, dir: 1 },
      },
      axes: [
        axis("share of measurements", {
          side: 3,
          size: 52,
          space: 30,
          values: (_, marks) => marks.map((it) => `${Math.round(100 * it)} %`),
        }),
        durationAxis(isLog, { side: 2, size: 34, space: 60 }),
      ],
      cursor: { y: false, drag: { x: false, y: false } },
      series: [
        {},
        ...curves.map(({ group, isOfOneRun }): UPlot.Series => ({
          stroke: () => colorOfIndex(group),
          width: isOfOneRun ? 0.5 : 2,
          alpha: isOfOneRun ? 0.6 : 1,
          points: { show: false },
        })),
      ],
      hooks: {
        setCursor: [({ cursor: { idx } }) => {
          place.readout.textContent = idx == null
            ? ""
            : `${nameOfQuantile(probabilities[idx]!)}: ` + curves
              .filter(({ isOfOneRun }) => !isOfOneRun)
              .map(({ name, quantilesMs }) =>
                `${name} ${formatNumber(quantilesMs[idx]!)} ms`
              ).join(", ");
        }],
      },
    },
    [
      probabilities as number[],
      ...curves.map(({ quantilesMs }) =>
        quantilesMs.map((it) => heightOf(it, isLog))
      ),
    ],
  );
}
