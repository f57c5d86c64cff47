/// <reference no-default-lib="true" />
/// <reference lib="esnext" />
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
import { heightOf } from "./duration_axis.ts";
import type { PageTimeline } from "./page_data.ts";

/** Points of one run and satellite. */
export interface Part {
  readonly run: number;
  readonly satellite: number;
  readonly timesS: Float32Array;
  /** What is drawn: durations in milliseconds, or their logarithms. */
  readonly heights: Float32Array;
  /** Whether times never go back, so that a stretch can be looked up. */
  readonly isAscending: boolean;
}

/** From the least to the greatest. */
export type Range = [low: number, high: number];

/** The points that a page carries for a timeline. */
export function unpackPoints(
  { parts, pointsId, isLog }: PageTimeline,
): Part[] {
  const bytes = fromBase64(document.getElementById(pointsId)!.textContent);
  const found: Part[] = [];
  let at = 0;
  for (let i = 0; i < parts.length; i += 3) {
    const count = parts[i + 2]!;
    const timesS = new Float32Array(bytes, at, count);
    const heights = new Float32Array(bytes, at + 4 * count, count);
    at += 8 * count;
    if (isLog) heights.forEach((it, j) => heights[j] = heightOf(it, isLog));
    found.push({
      run: parts[i]!,
      satellite: parts[i + 1]!,
      timesS,
      heights,
      isAscending: timesS.every((it, j) => j === 0 || it >= timesS[j - 1]!),
    });
  }
  return found;
}

/** The indices within which points of a stretch of time lie. */
export function indicesWithin(
  { timesS, isAscending }: Part,
  [low, high]: Range,
): [from: number, to: number] {
  if (!isAscending) return [0, timesS.length];
  return [firstFrom(timesS, low), firstFrom(timesS, high, true)];
}

/** How far points reach that lie in a stretch of time. */
export function extentOf(
  parts: readonly Part[],
  what: "timesS" | "heights",
  within: Range,
): Range {
  let [low, high] = [Infinity, -Infinity];
  for (const part of parts) {
    const [from, to] = indicesWithin(part, within);
    const { timesS } = part;
    const values = part[what];
    for (let i = from; i < to; i++) {
      const timeS = timesS[i]!;
      if (timeS < within[0] || timeS > within[1]) continue;
      const value = values[i]!;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  return [low, high];
}

function firstFrom(
  ascending: Float32Array,
  bound: number,
  isAbove = false,
): number {
  let [low, high] = [0, ascending.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = ascending[middle]!;
    if (value < bound || isAbove && value === bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function fromBase64(text: string): ArrayBuffer {
  // What is fast came to the last browsers in 2025.
  const decode: typeof Uint8Array.fromBase64 | undefined =
    Uint8Array.fromBase64;
  return decode === undefined
    ? Uint8Array.from(atob(text), (it) => it.charCodeAt(0)).buffer
    : decode.call(Uint8Array, text).buffer;
}
