/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type UPlot from "uplot";
import { colorOfIndex } from "./colors.ts";
import { type ColoredPart, drawPoints } from "./draw_points.ts";
import { durationAxis } from "./duration_axis.ts";
import { nearestPoint } from "./nearest_point.ts";
import type { PageData, PageTimeline } from "./page_data.ts";
import { axis, formatNumber, type Place, plot } from "./plot.ts";
import { extentOf, type Range, unpackPoints } from "./points.ts";

/** What buttons and lists do to a timeline. */
export interface Timeline {
  readonly made: UPlot;
  /** Shows a part of what is in sight: about its middle, `factor` times as long. */
  zoom(factor: number): void;
  /** Moves on by a share of what is in sight. */
  move(share: number): void;
  /** Shows all of it. */
  showAll(): void;
  /** Shows one satellite, by its index, or all with -1. */
  showSatellite(index: number): void;
  /** Shows runs of one group, by its index, or all with -1. */
  showGroup(index: number): void;
}

const EVERYTHING: Range = [-Infinity, Infinity];
const MARGIN = 0.04;
/** The shortest stretch: a millionth of the whole. */
const CLOSEST = 1e-6;

/** Draws the points of a metric over time, and zooms. */
export function timelinePlot(
  place: Place,
  timeline: PageTimeline,
  { runs, groups }: PageData,
): Timeline {
  const all = unpackPoints(timeline);
  const whole = widened(extentOf(all, "timesS", EVERYTHING));
  const bySatellite = groups.length === 1;
  let satellite = -1;
  let group = -1;
  let inSight = whole;
  let shown: ColoredPart[] = [];
  let heights: Range = [0, 1];

  const made = plot(
    place,
    {
      scales: {
        x: { time: false, range: () => inSight },
        y: { range: () => heights },
      },
      axes: [
        axis(timeline.axis, { size: 34 }),
        durationAxis(timeline.isLog, { size: 60 }),
      ],
      cursor: { drag: { x: true, y: false, setScale: false } },
      series: [{}, { paths: () => null, points: { show: false } }],
      hooks: {
        draw: [(it) => drawPoints(it, shown, inSight, heights)],
        setSelect: [({ select, posToVal }) => {
          if (select.width === 0) return;
          show([
            posToVal(select.left, "x"),
            posToVal(select.left + select.width, "x"),
          ]);
        }],
        setCursor: [sayWhatIsNear],
        ready: [({ over }) => {
          over.addEventListener("dblclick", () => show(whole));
        }],
      },
    },
    [[...whole], [1, 1]],
  );
  choose();
  return {
    made,
    zoom: (factor) => {
      const [low, high] = inSight;
      const middle = (low + high) / 2;
      const half = (high - low) / 2 * factor;
      show([middle - half, middle + half]);
    },
    move: (share) => {
      const by = share * (inSight[1] - inSight[0]);
      show([inSight[0] + by, inSight[1] + by]);
    },
    showAll: () => show(whole),
    showSatellite: (index) => {
      satellite = index;
      choose();
    },
    showGroup: (index) => {
      group = index;
      choose();
    },
  };

  function show([low, high]: Range): void {
    const length = Math.max(
      Math.min(high - low, whole[1] - whole[0]),
      CLOSEST * (whole[1] - whole[0]),
    );
    low = Math.min(Math.max(low, whole[0]), whole[1] - length);
    inSight = [low, low + length];
    const found = extentOf(shown.map(({ part }) => part), "heights", inSight);
    // Where nothing is in sight, the heights of before are as good as any.
    if (found[0] <= found[1]) {
      heights = timeline.isLog
        ? widened(found)
        : [0, found[1] * (1 + MARGIN) || 1];
    }
    made.batch(() => {
      made.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
      made.setData([[...inSight], [...heights]]);
    });
  }

  function choose(): void {
    shown = all
      .filter((part) =>
        (satellite < 0 || part.satellite === satellite) &&
        (group < 0 || runs[part.run]!.group === group)
      )
      .map((part) => ({
        part,
        get color() {
          return colorOfIndex(
            bySatellite ? part.satellite : runs[part.run]!.group,
          );
        },
      }));
    show(inSight);
  }

  function sayWhatIsNear(it: UPlot): void {
    const { left = -1, top = -1 } = it.cursor;
    const near = left < 0 ? undefined : nearestPoint(
      shown,
      { left, top, width: it.over.clientWidth, height: it.over.clientHeight },
      inSight,
      heights,
    );
    if (near === undefined) {
      place.readout.textContent = "";
      return;
    }
    const { part, index } = near;
    const height = part.heights[index]!;
    const durationMs = timeline.isLog ? 10 ** height : height;
    place.readout.textContent = `${formatNumber(durationMs)} ms, ${
      timeline.satellites[part.satellite]
    }, ${runs[part.run]!.name}, at ${formatNumber(part.timesS[index]!)} s`;
  }
}

function widened([low, high]: Range): Range {
  const margin = (high - low) * MARGIN || 0.5;
  return [low - margin, high + margin];
}
