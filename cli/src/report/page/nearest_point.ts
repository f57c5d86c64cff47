/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type { ColoredPart } from "./draw_points.ts";
import { indicesWithin, type Part, type Range } from "./points.ts";

/** Where a pointer is in the area of a plot, and how large that is. */
export interface Pointer {
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Pixels within which a point counts as pointed at. */
const REACH = 16;

/** The point next to a pointer, if one is within reach. */
export function nearestPoint(
  parts: readonly ColoredPart[],
  { left, top, width, height }: Pointer,
  timesS: Range,
  heights: Range,
): { part: Part; index: number } | undefined {
  const perSecond = width / (timesS[1] - timesS[0]);
  const perHeight = height / (heights[1] - heights[0]);
  const timeS = timesS[0] + left / perSecond;
  const reachS = REACH / perSecond;
  let nearest: { part: Part; index: number } | undefined;
  let least = REACH * REACH;
  for (const { part } of parts) {
    const [from, to] = indicesWithin(part, [timeS - reachS, timeS + reachS]);
    for (let index = from; index < to; index++) {
      const x = (part.timesS[index]! - timeS) * perSecond;
      const y = height - (part.heights[index]! - heights[0]) * perHeight - top;
      const distance = x * x + y * y;
      if (distance >= least) continue;
      least = distance;
      nearest = { part, index };
    }
  }
  return nearest;
}
