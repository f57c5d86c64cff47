import { type Pace, ROWS_A_LOOK } from "../../event_loop/pace.ts";
import type { PageTimeline } from "../page/page_data.ts";
import { visible } from "../text/visible.ts";
import type { SatelliteRows } from "./grouped_runs.ts";
import { needsLog } from "./distribution.ts";
import type { MetricFigures } from "./metric_figures.ts";

/** The points of a metric over time. */
export interface Timeline {
  readonly page: PageTimeline;
  /** The points as base64, in pieces. */
  readonly points: AsyncGenerator<string>;
  /** Of so many measurements only the longest and the shortest are drawn. */
  readonly thinnedBy: number;
}

/** A stretch of points that all have a time, and where the time starts. */
interface Part {
  readonly rows: SatelliteRows;
  readonly timesS: Float64Array;
  readonly startS: number;
}

/** More points than that, of all metrics together, would make a page too large. */
export const MOST_POINTS = 1_500_000;

/** A multiple of 3, so that pieces of base64 can be put together. */
const PIECE_BYTES = 24 * 1024;

/**
 * The timeline of a metric: by scenario time, or by the time since the run
 * began where scenario time stands still.
 *
 * @param share Measurements of the report over those that it can carry: above 1
 * the points are thinned by it.
 */
export function timelineOf(
  { groups }: MetricFigures,
  pointsId: string,
  share: number,
  pace: Pace,
): Timeline {
  const runs = groups.flatMap((it) => it.runs);
  const byScenario = runs.some(({ satellites }) =>
    satellites.some(({ scenarioTimesS }) =>
      scenarioTimesS[0] !== scenarioTimesS.at(-1)
    )
  );
  // Two stand for each stretch: the longest and the shortest of it.
  const thinnedBy = share > 1 ? 2 * Math.ceil(share) : 1;
  const satelliteIds = [
    ...new Set(
      runs.flatMap(({ satellites }) => satellites.map((it) => it.satelliteId)),
    ),
  ];
  const indices = new Map(satelliteIds.map((it, i) => [it, i]));
  const parts: Part[] = [];
  const numbers: number[] = [];
  for (const { run, satellites } of runs) {
    const startS = byScenario
      ? 0
      : Math.min(...satellites.map(({ timestamps }) => timestamps[0]!));
    for (const rows of satellites) {
      parts.push({
        rows,
        timesS: byScenario ? rows.scenarioTimesS : rows.timestamps,
        startS,
      });
      numbers.push(
        run.index,
        indices.get(rows.satelliteId)!,
        thinnedCount(rows.durationsMs.length, thinnedBy),
      );
    }
  }
  return {
    page: {
      axis: byScenario ? "scenario time (s)" : "time since the first (s)",
      satellites: satelliteIds.map(visible),
      parts: numbers,
      isLog: needsLog(groups),
      pointsId,
    },
    points: encode(parts, thinnedBy, pace),
    thinnedBy,
  };
}

function thinnedCount(count: number, thinnedBy: number): number {
  if (thinnedBy === 1) return count;
  const rest = count % thinnedBy;
  return 2 * Math.floor(count / thinnedBy) + Math.min(rest, 2);
}

async function* encode(
  parts: readonly Part[],
  thinnedBy: number,
  pace: Pace,
): AsyncGenerator<string> {
  let waiting = new Uint8Array(0);
  for (const part of parts) {
    const bytes = await pack(part, thinnedBy, pace);
    const all = new Uint8Array(waiting.length + bytes.length);
    all.set(waiting);
    all.set(bytes, waiting.length);
    let at = 0;
    for (; at + PIECE_BYTES <= all.length; at += PIECE_BYTES) {
      yield all.subarray(at, at + PIECE_BYTES).toBase64();
      if (pace.isOver) await pace.turn();
    }
    waiting = all.slice(at);
  }
  yield waiting.toBase64();
}

/** The times of a part and then its durations, as floats of 32 bits. */
async function pack(
  { rows: { durationsMs }, timesS, startS }: Part,
  thinnedBy: number,
  pace: Pace,
): Promise<Uint8Array> {
  const count = thinnedCount(durationsMs.length, thinnedBy);
  const floats = new Float32Array(2 * count);
  let at = 0;
  const take = (i: number): void => {
    floats[at] = timesS[i]! - startS;
    floats[count + at++] = durationsMs[i]!;
  };
  let looks = 0;
  for (let from = 0; from < durationsMs.length; from += thinnedBy) {
    const to = Math.min(from + thinnedBy, durationsMs.length);
    let shortest = from;
    let longest = from;
    for (let i = from; i < to; i++) {
      if (durationsMs[i]! < durationsMs[shortest]!) shortest = i;
      // Of equal ones the last, so that these are two rows.
      if (durationsMs[i]! >= durationsMs[longest]!) longest = i;
    }
    take(Math.min(shortest, longest));
    if (to - from > 1) take(Math.max(shortest, longest));
    if (++looks % ROWS_A_LOOK === 0 && pace.isOver) await pace.turn();
  }
  return new Uint8Array(floats.buffer);
}
