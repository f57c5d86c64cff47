import {
  BLOCK_ROWS,
  type ColumnBlock,
  type Series,
} from "../columns/measurement_columns.ts";
import type { MetricStats } from "../model/metrics.ts";
import { SLICE_VALUES, type Sliced } from "../event_loop/sliced.ts";
import {
  type DoubleKey,
  keyOfDouble,
  lowerKeyOf,
  ranksByBin,
  RankTarget,
} from "./_rank_target.ts";
import { HUGE_SCALE, isHuge, withMean } from "./means_of_huge.ts";
import { reportedRanks, statsAtRanks } from "./quantile.ts";
import type { RunStatistics } from "./run_statistics.ts";
import { documentOf, groupByType } from "./summarize.ts";
import {
  addUpRows,
  binBitsFor,
  type Binning,
  binRows,
  halvesOf,
  keyOf,
  spreadBins,
} from "./tally.ts";

/** Rows that are read again for each pass. */
export interface RowsInPasses {
  /** Every series, in the order of its first row. */
  readonly series: readonly Series[];
  /** How many rows there are. */
  readonly rows: number;
  /** Some of the durations, to choose bins by. */
  readonly sampleMs: Float64Array<ArrayBuffer>;
}

/** How much memory may be taken. */
export interface SummaryInPassesOptions {
  /** Bins of all series together, of 4 bytes. @default {2 ** 19} */
  readonly maxBins?: number;
  /** Durations gathered in one pass, of 8 bytes. @default {2 ** 20} */
  readonly maxGathered?: number;
  /** Bins of a later pass, of 20 bytes. @default {2 ** 18} */
  readonly maxLaterBins?: number;
}

/** Durations that are summarized together: of a series or of a metric type. */
interface Group {
  readonly codes: readonly number[];
  readonly count: number;
  readonly sumMs: number;
  /** Those at the reported ranks, as they are found. */
  readonly atRanksMs: number[];
}

/** More bins of a later pass are not worth their memory. */
const MAX_LATER_BIN_BITS = 11;

const EMPTY = new Float64Array(0);

/**
 * The statistics that `summarize` computes, of rows that are seen a block at a
 * time, in as many passes over all of them as exact ranks take: one to add up
 * and bin, one to gather what is in the bins of the ranks, and more where these
 * hold too much, each of which tells apart what is some hundred times closer.
 */
export class SummaryInPasses {
  readonly #source: RowsInPasses;
  readonly #options: Required<SummaryInPassesOptions>;
  readonly #slots = new Int32Array(BLOCK_ROWS);
  #pass = 0;
  #codesOfTypes: readonly (readonly number[])[] = [];
  #binning: Binning = { binBits: 0, shift: 0, firstKey: 0 };
  #typeCodes = new Int32Array(0);
  #histograms = new Int32Array(0);
  #sums = { seriesSumsMs: EMPTY, typeSumsMs: EMPTY };
  #leastMs = EMPTY;
  #greatestMs = EMPTY;
  /** Sums in the scale of huge durations, where some are needed. */
  #scaledSums:
    | { seriesSumsMs: Float64Array; typeSumsMs: Float64Array }
    | undefined;
  #hasScaledSums = false;
  #ofTypes: (Group | undefined)[] = [];
  #ofSeries: (Group | undefined)[] = [];
  #targets: RankTarget[] = [];
  /** Which targets a row may be of, by its slot: an index of those, or -1. */
  #targetsOfSlot = new Int32Array(0);
  #targetLists: RankTarget[][] = [];

  constructor(
    source: RowsInPasses,
    {
      maxBins = 2 ** 19,
      maxGathered = 2 ** 20,
      maxLaterBins = 2 ** 18,
    }: SummaryInPassesOptions = {},
  ) {
    this.#source = source;
    this.#options = { maxBins, maxGathered, maxLaterBins };
  }

  /** Gets ready for the first pass. */
  *begin(): Sliced<void> {
    const { series, rows, sampleMs } = this.#source;
    this.#codesOfTypes = yield* groupByType(series);
    this.#typeCodes = new Int32Array(series.length);
    for (const [typeCode, codes] of this.#codesOfTypes.entries()) {
      for (const code of codes) this.#typeCodes[code] = typeCode;
      yield;
    }
    const mostBits = Math.floor(
      Math.log2(Math.max(1, this.#options.maxBins / series.length)),
    );
    const binBits = Math.min(binBitsFor(rows / series.length), mostBits);
    if (binBits > 0 && sampleMs.length > 0) {
      this.#binning = spreadBins(sampleMs.slice(), binBits);
    }
    const { length } = series;
    this.#histograms = new Int32Array(length << this.#binning.binBits);
    this.#sums = {
      seriesSumsMs: new Float64Array(length),
      typeSumsMs: new Float64Array(this.#codesOfTypes.length),
    };
    this.#leastMs = new Float64Array(length).fill(Infinity);
    this.#greatestMs = new Float64Array(length).fill(-Infinity);
  }

  /** Takes the next rows of a pass. */
  *take(block: ColumnBlock, count: number): Sliced<void> {
    for (let from = 0; from < count; from += SLICE_VALUES) {
      const to = Math.min(count, from + SLICE_VALUES);
      if (this.#pass === 0) this.#tally(block, from, to);
      else this.#takeForTargets(block, from, to);
      yield;
    }
  }

  /** Ends a pass; returns whether there has to be another. */
  *endPass(): Sliced<boolean> {
    if (this.#pass++ === 0) {
      yield* this.#group();
    } else {
      yield* this.#narrow();
      if (this.#scaledSums !== undefined) this.#hasScaledSums = true;
    }
    this.#plan();
    yield;
    return this.#targets.length > 0 ||
      this.#scaledSums !== undefined && !this.#hasScaledSums;
  }

  /** The statistics, when no other pass is needed. */
  *statistics(): Sliced<RunStatistics> {
    const scaled = this.#scaledSums;
    return yield* documentOf(this.#source.series, this.#codesOfTypes, {
      ofTypes: this.#ofTypes.map((group, type) =>
        statsOf(group, scaled?.typeSumsMs[type])
      ),
      ofSeries: this.#ofSeries.map((group, code) =>
        statsOf(group, scaled?.seriesSumsMs[code])
      ),
    });
  }

  #tally(block: ColumnBlock, from: number, to: number): void {
    addUpRows(block, from, to, this.#typeCodes, this.#sums);
    binRows(this.#slots, block, from, to, this.#binning, this.#histograms);
    findExtremes(block, from, to, this.#leastMs, this.#greatestMs);
  }

  /** Note: bins are found anew in each pass, as 4 bytes a row would be many. */
  #takeForTargets(block: ColumnBlock, from: number, to: number): void {
    if (this.#scaledSums !== undefined && !this.#hasScaledSums) {
      addUpScaled(block, from, to, this.#typeCodes, this.#scaledSums);
    }
    if (this.#targets.length === 0) return;
    // What the bins hold has been looked at.
    binRows(this.#slots, block, from, to, this.#binning, this.#histograms);
    const halves = halvesOf(block.durationsMs);
    for (let row = from; row < to; row++) {
      const list = this.#targetsOfSlot[this.#slots[row]!]!;
      if (list < 0) continue;
      const upperHalf = halves[2 * row + 1]!;
      const upper = keyOf(upperHalf);
      const lower = lowerKeyOf(halves[2 * row]!, upperHalf);
      for (const target of this.#targetLists[list]!) {
        target.take(block.durationsMs[row]!, upper, lower);
      }
    }
  }

  /** Finds in which bins the ranks of each group are. */
  *#group(): Sliced<void> {
    this.#targetsOfSlot = new Int32Array(this.#histograms.length).fill(-1);
    const { seriesSumsMs, typeSumsMs } = this.#sums;
    for (const [code, sumMs] of seriesSumsMs.entries()) {
      this.#ofSeries.push(this.#groupOf([code], sumMs));
      yield;
    }
    for (const [type, sumMs] of typeSumsMs.entries()) {
      this.#ofTypes.push(yield* this.#groupOfType(type, sumMs));
    }
    const isInfinite = (sumMs: number) => !Number.isFinite(sumMs);
    if (seriesSumsMs.some(isInfinite) || typeSumsMs.some(isInfinite)) {
      this.#scaledSums = {
        seriesSumsMs: new Float64Array(seriesSumsMs.length),
        typeSumsMs: new Float64Array(typeSumsMs.length),
      };
    }
  }

  *#groupOfType(type: number, sumMs: number): Sliced<Group | undefined> {
    const codes = this.#codesOfTypes[type]!;
    const { binBits } = this.#binning;
    const histogram = new Int32Array(1 << binBits);
    for (const code of codes) {
      const ofSeries = this.#histogramOf(code);
      for (let bin = 0; bin < histogram.length; bin++) {
        histogram[bin]! += ofSeries[bin]!;
      }
      yield;
    }
    return this.#groupOf(codes, sumMs, histogram);
  }

  #groupOf(
    codes: readonly number[],
    sumMs: number,
    histogram = this.#histogramOf(codes[0]!),
  ): Group | undefined {
    const count = histogram.reduce((sum, held) => sum + held, 0);
    if (count === 0) return undefined;
    const leastMs = extreme(codes, this.#leastMs, isBefore);
    const greatestMs = extreme(codes, this.#greatestMs, isAfter);
    const atRanksMs: number[] = [];
    const wanted = reportedRanks(count).map((rank, place) => ({
      rank,
      found: (durationMs: number) => {
        atRanksMs[place] = durationMs;
      },
    }));
    const isConstant = Object.is(leastMs, greatestMs);
    for (const { rank, found } of wanted) {
      if (rank === 0 || isConstant) found(leastMs);
      else if (rank === count - 1) found(greatestMs);
    }
    const within = wanted.filter(({ rank }) =>
      rank > 0 && rank < count - 1 && !isConstant
    );
    const bounds = Float64Array.of(leastMs, greatestMs);
    for (const [bin, ranks] of ranksByBin(histogram, within)) {
      const target = new RankTarget(histogram[bin]!, ranks, {
        least: this.#leastKey(bin, keyOfDouble(bounds, 0)),
        greatest: this.#greatestKey(bin, keyOfDouble(bounds, 1)),
      });
      this.#targets.push(target);
      for (const code of codes) this.#addToSlot(code, bin, target);
    }
    return { codes, count, sumMs, atRanksMs };
  }

  #histogramOf(code: number): Int32Array {
    const { binBits } = this.#binning;
    return this.#histograms.subarray(code << binBits, (code + 1) << binBits);
  }

  /** The least key in a bin, the first of which holds all that is less. */
  #leastKey(bin: number, leastOfGroup: DoubleKey): DoubleKey {
    const { shift, firstKey } = this.#binning;
    const upper = (firstKey + bin) * 2 ** shift;
    return bin === 0 || upper <= leastOfGroup.upper
      ? leastOfGroup
      : { upper, lower: 0 };
  }

  /** The greatest key in a bin, the last of which holds all that is greater. */
  #greatestKey(bin: number, greatestOfGroup: DoubleKey): DoubleKey {
    const { binBits, shift, firstKey } = this.#binning;
    const upper = (firstKey + bin + 1) * 2 ** shift - 1;
    return bin === (1 << binBits) - 1 || upper >= greatestOfGroup.upper
      ? greatestOfGroup
      : { upper, lower: 0xffffffff };
  }

  #addToSlot(code: number, bin: number, target: RankTarget): void {
    const slot = code << this.#binning.binBits | bin;
    const list = this.#targetsOfSlot[slot]!;
    if (list >= 0) {
      this.#targetLists[list]!.push(target);
    } else {
      this.#targetsOfSlot[slot] = this.#targetLists.push([target]) - 1;
    }
  }

  /** Puts what is left to look for in place of each target. */
  *#narrow(): Sliced<void> {
    const left = new Map<RankTarget, RankTarget[]>();
    for (const target of this.#targets) {
      left.set(target, yield* target.narrow());
      yield;
    }
    this.#targets = [...left.values()].flat();
    for (const [index, list] of this.#targetLists.entries()) {
      if (index % SLICE_VALUES === 0) yield;
      this.#targetLists[index] = list.flatMap((it) => left.get(it)!);
    }
  }

  /** The targets with fewest durations are gathered, the others counted. */
  #plan(): void {
    const { maxGathered, maxLaterBins } = this.#options;
    const counted: RankTarget[] = [];
    let room = maxGathered;
    for (
      const target of this.#targets.toSorted((a, b) => a.count - b.count)
    ) {
      room -= target.count;
      if (room >= 0) target.gather();
      else counted.push(target);
    }
    const bits = Math.floor(Math.log2(maxLaterBins / counted.length));
    const binBits = Math.max(1, Math.min(MAX_LATER_BIN_BITS, bits));
    for (const target of counted) target.countInBins(binBits);
  }
}

function statsOf(
  group: Group | undefined,
  scaledSumMs: number | undefined,
): MetricStats | undefined {
  if (group === undefined) return undefined;
  const { count, sumMs, atRanksMs } = group;
  const stats = statsAtRanks(count, sumMs, atRanksMs);
  return isHuge(stats)
    ? withMean(stats, scaledSumMs! / count / HUGE_SCALE)
    : stats;
}

/** Of 0 and -0 the latter is less, as sorting has it. */
function isBefore(a: number, b: number): boolean {
  return a < b || a === 0 && Object.is(a, -0) && Object.is(b, 0);
}

function isAfter(a: number, b: number): boolean {
  return isBefore(b, a);
}

function extreme(
  codes: readonly number[],
  valuesMs: Float64Array,
  isBetter: (a: number, b: number) => boolean,
): number {
  let best = valuesMs[codes[0]!]!;
  for (const code of codes) {
    if (isBetter(valuesMs[code]!, best)) best = valuesMs[code]!;
  }
  return best;
}

function findExtremes(
  { seriesCodes, durationsMs }: ColumnBlock,
  from: number,
  to: number,
  leastMs: Float64Array,
  greatestMs: Float64Array,
): void {
  for (let row = from; row < to; row++) {
    const code = seriesCodes[row]!;
    const durationMs = durationsMs[row]!;
    if (durationMs <= leastMs[code]!) {
      if (isBefore(durationMs, leastMs[code]!)) leastMs[code] = durationMs;
    }
    if (durationMs >= greatestMs[code]!) {
      if (isAfter(durationMs, greatestMs[code]!)) greatestMs[code] = durationMs;
    }
  }
}

function addUpScaled(
  { seriesCodes, durationsMs }: ColumnBlock,
  from: number,
  to: number,
  typeCodes: Int32Array,
  { seriesSumsMs, typeSumsMs }: {
    seriesSumsMs: Float64Array;
    typeSumsMs: Float64Array;
  },
): void {
  for (let row = from; row < to; row++) {
    const code = seriesCodes[row]!;
    const scaled = durationsMs[row]! * HUGE_SCALE;
    seriesSumsMs[code]! += scaled;
    typeSumsMs[typeCodes[code]!]! += scaled;
  }
}
