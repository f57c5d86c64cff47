import type { Pace } from "../../event_loop/pace.ts";
import type { SatelliteRows } from "./grouped_runs.ts";

/** Values that are sorted or merged at once, in about half a millisecond. */
const PIECE = 4096;

/**
 * The durations of satellites, ascending.
 *
 * Note: `Float64Array.sort()` holds the event loop for 30 ms where there are
 * 300,000. Pieces are sorted by it, and then merged in pairs.
 */
export async function sortedDurations(
  satellites: readonly SatelliteRows[],
  pace: Pace,
): Promise<Float64Array> {
  let count = 0;
  for (const { durationsMs } of satellites) count += durationsMs.length;
  let from = new Float64Array(count);
  let at = 0;
  for (const { durationsMs } of satellites) {
    from.set(durationsMs, at);
    at += durationsMs.length;
  }
  for (let start = 0; start < count; start += PIECE) {
    from.subarray(start, start + PIECE).sort();
    if (pace.isOver) await pace.turn();
  }
  let to = new Float64Array(count);
  for (let width = PIECE; width < count; width *= 2) {
    for (let start = 0; start < count; start += 2 * width) {
      await merge(from, to, start, width, pace);
    }
    [from, to] = [to, from];
  }
  return from;
}

/** Merges two neighbours of some width into the same place of another array. */
async function merge(
  from: Float64Array,
  to: Float64Array,
  start: number,
  width: number,
  pace: Pace,
): Promise<void> {
  const middle = Math.min(start + width, from.length);
  const end = Math.min(start + 2 * width, from.length);
  let left = start;
  let right = middle;
  for (let at = start; at < end;) {
    for (const stop = Math.min(end, at + PIECE); at < stop; at++) {
      to[at] = right >= end || left < middle && from[left]! <= from[right]!
        ? from[left++]!
        : from[right++]!;
    }
    if (pace.isOver) await pace.turn();
  }
}

/**
 * A quantile of ascending values, interpolated between neighbours: the seventh
 * definition of Hyndman and Fan, as the judge has it. `NaN` where there is none.
 */
export function quantileOf(ascending: Float64Array, q: number): number {
  const at = q * (ascending.length - 1);
  const index = Math.floor(at);
  const below = ascending[index] ?? NaN;
  const above = ascending[index + 1] ?? below;
  return below + (at - index) * (above - below);
}
