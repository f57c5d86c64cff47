import type { ColumnsView } from "../columns/measurement_columns.ts";
import type { MetricStats, SatelliteStats } from "../measurement.ts";
import { SLICE_VALUES, type Sliced } from "../sliced.ts";
import { quantileRank } from "./quantile.ts";
import { selectRanks } from "./select_ranks.ts";
import type { Tally } from "./tally.ts";
import { tally } from "./tally.ts";

/**
 * The statistics of a run, in the order in which metric types and satellites
 * first appear. Pairs rather than objects, since an object would reorder ids
 * such as `"7"` and swallow `"__proto__"`.
 */
export interface RunStatistics {
  /** Each metric type over all satellites. */
  readonly byType: readonly (readonly [string, MetricStats])[];
  /** Each satellite and, within it, each of its metric types. */
  readonly bySatellite: readonly (readonly [
    string,
    readonly (readonly [string, Required<SatelliteStats>])[],
  ])[];
}

/** Durations that are summarized together: of a series or of a metric type. */
interface Group {
  readonly seriesCodes: readonly number[];
  readonly count: number;
  readonly sumMs: number;
  /** How many of the durations each bin holds. */
  readonly histogram: Uint32Array;
}

/** Where a rank of a group is found. */
interface Place {
  readonly bin: number;
  readonly rankInBin: number;
}

/** The durations of the bins that hold a rank of a group. */
interface Gathered {
  readonly durationsMs: Float64Array;
  /** Where those of each slot start; -1 where they are not needed. */
  readonly starts: Int32Array;
}

function* mergeSeries(
  { binCount, histograms }: Tally,
  seriesCodes: readonly number[],
  sumMs: number,
): Sliced<Group> {
  const histogram = new Uint32Array(binCount);
  let count = 0;
  for (const code of seriesCodes) {
    for (let bin = 0; bin < binCount; bin++) {
      const held = histograms[code * binCount + bin]!;
      histogram[bin]! += held;
      count += held;
    }
    yield;
  }
  return { seriesCodes, count, sumMs, histogram };
}

/** The least, the quantiles and the greatest, in the order of their ranks. */
function locateRanks({ count, histogram }: Group): Place[] {
  let bin = 0;
  let before = 0;
  return [
    0,
    quantileRank(count, 0.5),
    quantileRank(count, 0.95),
    quantileRank(count, 0.99),
    count - 1,
  ].map((rank) => {
    while (before + histogram[bin]! <= rank) before += histogram[bin++]!;
    return { bin, rankInBin: rank - before };
  });
}

function gatherRows(
  slots: Uint32Array,
  durationsMs: Float64Array,
  from: number,
  to: number,
  ends: Int32Array,
  gatheredMs: Float64Array,
): void {
  for (let row = from; row < to; row++) {
    const slot = slots[row]!;
    const end = ends[slot]!;
    if (end < 0) continue;
    gatheredMs[end] = durationsMs[row]!;
    ends[slot] = end + 1;
  }
}

/**
 * Copies the durations of all bins that hold a rank of a group. Metric types
 * come before series, so that a bin of a type ends up in one piece: that of
 * its first series, followed by those of the others.
 */
function* gather(
  columns: ColumnsView,
  { binCount, histograms, slots }: Tally,
  groups: readonly Group[],
): Sliced<Gathered> {
  const starts = new Int32Array(histograms.length).fill(-1);
  let count = 0;
  for (const group of groups) {
    for (const { bin } of locateRanks(group)) {
      for (const code of group.seriesCodes) {
        const slot = code * binCount + bin;
        if (starts[slot]! >= 0) continue;
        starts[slot] = count;
        count += histograms[slot]!;
      }
    }
    yield;
  }
  const durationsMs = new Float64Array(count);
  const ends = starts.slice();
  for (const [index, block] of columns.blocks.entries()) {
    const ofBlock = slots[index]!;
    for (let from = 0; from < ofBlock.length; from += SLICE_VALUES) {
      const to = Math.min(ofBlock.length, from + SLICE_VALUES);
      gatherRows(ofBlock, block.durationsMs, from, to, ends, durationsMs);
      yield;
    }
  }
  return { durationsMs, starts };
}

function* statsOf(
  group: Group,
  { durationsMs, starts }: Gathered,
): Sliced<MetricStats> {
  const { count, sumMs, histogram, seriesCodes } = group;
  const places = Map.groupBy(locateRanks(group), ({ bin }) => bin);
  const indices: number[] = [];
  for (const [bin, ranks] of places) {
    const start = starts[seriesCodes[0]! * histogram.length + bin]!;
    const ofBin = ranks.map(({ rankInBin }) => start + rankInBin);
    yield* selectRanks(durationsMs, start, start + histogram[bin]!, ofBin);
    indices.push(...ofBin);
  }
  const [min, p50, p95, p99, max] = indices.map((index) => durationsMs[index]!);
  return {
    count,
    mean_ms: sumMs / count,
    p50_ms: p50!,
    p95_ms: p95!,
    p99_ms: p99!,
    max_ms: max!,
    min_ms: min!,
  };
}

/**
 * Computes the statistics of every metric type, and of every metric type of
 * every satellite, exactly: each figure is what adding up in recording order
 * and sorting would give. Of 0 and -0, which rank the same, either may be
 * reported.
 *
 * Durations are finite; a series without measurements is left out. Takes
 * linear time on average and, beside the columns, 4 bytes a row, and 8 more
 * for each row in a bin that holds a reported rank: few, unless many durations
 * are (nearly) the same.
 *
 * One pass adds up and bins the durations, a second gathers those in the bins
 * of the wanted ranks, and what is left is to select among these. A metric
 * type has the bins of its series, added up.
 *
 * Note: gathering every row and selecting from that needs no bins, but took a
 * third longer on spread-out durations, and sorting each group many times that.
 */
export function* summarize(columns: ColumnsView): Sliced<RunStatistics> {
  const { series } = columns;
  const codesOfTypes = [
    ...Map.groupBy(series.keys(), (code) => series[code]!.metricType).values(),
  ];
  const tallied = yield* tally(columns, codesOfTypes);
  const ofTypes: Group[] = [];
  for (const [typeCode, codes] of codesOfTypes.entries()) {
    const sumMs = tallied.typeSumsMs[typeCode]!;
    const group = yield* mergeSeries(tallied, codes, sumMs);
    if (group.count > 0) ofTypes.push(group);
  }
  const ofSeries: Group[] = [];
  for (const [code, sumMs] of tallied.seriesSumsMs.entries()) {
    const group = yield* mergeSeries(tallied, [code], sumMs);
    if (group.count > 0) ofSeries.push(group);
  }
  const gathered = yield* gather(columns, tallied, [...ofTypes, ...ofSeries]);

  // Series come first here: selecting in a type mixes the bins of its series.
  const bySatellite = new Map<string, [string, Required<SatelliteStats>][]>();
  for (const group of ofSeries) {
    const { metricType, satelliteId } = series[group.seriesCodes[0]!]!;
    const { p99_ms, min_ms, ...others } = yield* statsOf(group, gathered);
    const ofSatellite = bySatellite.get(satelliteId) ?? [];
    ofSatellite.push([metricType, { ...others, p99_ms, min_ms }]);
    bySatellite.set(satelliteId, ofSatellite);
    yield;
  }
  const byType: [string, MetricStats][] = [];
  for (const group of ofTypes) {
    const { metricType } = series[group.seriesCodes[0]!]!;
    byType.push([metricType, yield* statsOf(group, gathered)]);
    yield;
  }
  return { byType, bySatellite: [...bySatellite] };
}
