/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import type UPlot from "uplot";
import { rgbOf } from "./colors.ts";
import { indicesWithin, type Part, type Range } from "./points.ts";

/** Points in the color they are drawn in. */
export interface ColoredPart {
  readonly part: Part;
  readonly color: string;
}

/** Sides of points in pixels of the page, by how many are in sight at most. */
const SIDES: readonly (readonly [most: number, side: number])[] = [
  [1_000, 5],
  [5_000, 4],
  [20_000, 3],
  [Infinity, 2],
];

const OPAQUE = 0xff000000;

/**
 * Draws every point in sight into the area of a plot.
 *
 * Note: the points are set in a bitmap of their own. A path with a million of
 * them takes a hundred times as long.
 */
export function drawPoints(
  { ctx, bbox }: UPlot,
  parts: readonly ColoredPart[],
  timesS: Range,
  heights: Range,
): void {
  const width = Math.round(bbox.width);
  const height = Math.round(bbox.height);
  if (width <= 0 || height <= 0) return;
  const bitmap = new ImageData(width, height);
  const pixels = new Uint32Array(bitmap.data.buffer);
  const side = sideOf(parts, timesS);
  const isRound = side >= 4 * devicePixelRatio;
  const perSecond = width / (timesS[1] - timesS[0]);
  const perHeight = height / (heights[1] - heights[0]);
  const offset = side >> 1;
  for (const { part, color } of parts) {
    const [red, green, blue] = rgbOf(color);
    const pixel = OPAQUE | blue << 16 | green << 8 | red;
    const [from, to] = indicesWithin(part, timesS);
    for (let i = from; i < to; i++) {
      const left = Math.floor((part.timesS[i]! - timesS[0]) * perSecond) -
        offset;
      const top = height - offset -
        Math.floor((part.heights[i]! - heights[0]) * perHeight);
      if (left < 0 || left + side > width) continue;
      if (top < 0 || top + side > height) continue;
      for (let y = 0; y < side; y++) {
        const isEdge = isRound && (y === 0 || y === side - 1);
        const start = (top + y) * width + left;
        for (let x = isEdge ? 1 : 0; x < (isEdge ? side - 1 : side); x++) {
          pixels[start + x] = pixel;
        }
      }
    }
  }
  const layer = new OffscreenCanvas(width, height);
  layer.getContext("2d")!.putImageData(bitmap, 0, 0);
  ctx.drawImage(layer, Math.round(bbox.left), Math.round(bbox.top));
}

/** The side of a point in pixels of the canvas: small where many are. */
function sideOf(parts: readonly ColoredPart[], timesS: Range): number {
  let count = 0;
  for (const { part } of parts) {
    const [from, to] = indicesWithin(part, timesS);
    count += to - from;
  }
  const [, side] = SIDES.find(([most]) => count <= most)!;
  return Math.round(side * devicePixelRatio);
}
