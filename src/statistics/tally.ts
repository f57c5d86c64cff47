import {
  BLOCK_ROWS,
  type ColumnBlock,
  type ColumnsView,
  rowsInBlock,
} from "../columns/measurement_columns.ts";
import { SLICE_VALUES, type Sliced } from "../event_loop/sliced.ts";

/** What one pass over the rows tells of every series and metric type. */
export interface Tally {
  /** Bins of each histogram: a power of two. */
  readonly binCount: number;
  /** Durations of each series in each bin, at `series * binCount + bin`. */
  readonly histograms: Int32Array;
  /** That index, called slot, of every row: an array for each block. */
  readonly slots: readonly Int32Array[];
  /** Sum of each series in recording order. */
  readonly seriesSumsMs: Float64Array;
  /** Sum of each metric type in recording order. */
  readonly typeSumsMs: Float64Array;
}

/** The map from durations to bins: `(keyOf(duration) >> shift) - firstKey`. */
export interface Binning {
  /** There are two to the power of this many bins. */
  readonly binBits: number;
  readonly shift: number;
  readonly firstKey: number;
}

const MAX_BINS = 2048;

/** Where series have fewer rows on average, histograms are not worth it. */
const MIN_ROWS = 64;

/** Rows a bin should hold on average, for the memory of the histograms. */
const ROWS_PER_BIN = 8;

/** Rows in the sample that bins are chosen by: an eighth of them, within. */
const SAMPLE_ROWS = { fewest: 128, most: 1024 };

/** Steps of this share of the rows visit them evenly, whatever their period. */
const GOLDEN_RATIO = 0.618033988749895;

/**
 * The upper half of a double as an integer that orders as the doubles do. The
 * bits of positive ones do so as they are, those of negative ones backwards.
 */
export function keyOf(upperHalf: number): number {
  return upperHalf ^ upperHalf >> 31 & 0x7fffffff;
}

/** The halves of each double, the lower before the upper. */
export function halvesOf(durationsMs: Float64Array<ArrayBuffer>): Int32Array {
  return new Int32Array(durationsMs.buffer, durationsMs.byteOffset);
}

/**
 * Spreads the bins over what a sample holds but for its extremes, so that a
 * few outliers do not stretch them. Keys grow with the logarithm of the
 * duration: short and long durations are told apart equally well.
 *
 * Note: bins of equal width in milliseconds would put nearly all durations in
 * one where one in a hundred is a timeout.
 */
function chooseBinning(columns: ColumnsView): Binning {
  const { length, series, blocks } = columns;
  const rowsPerSeries = length / series.length;
  if (!(rowsPerSeries >= MIN_ROWS)) {
    return { binBits: 0, shift: 0, firstKey: 0 };
  }
  const binBits = binBitsFor(rowsPerSeries);

  const sampleRows = Math.max(
    SAMPLE_ROWS.fewest,
    Math.min(SAMPLE_ROWS.most, length >> 3),
  );
  const sample = new Float64Array(sampleRows);
  const step = Math.round(length * GOLDEN_RATIO);
  let row = 0;
  for (let i = 0; i < sampleRows; i++) {
    const block = blocks[Math.floor(row / BLOCK_ROWS)]!;
    sample[i] = block.durationsMs[row % BLOCK_ROWS]!;
    row = (row + step) % length;
  }
  return spreadBins(sample, binBits);
}

/** How many bins the durations of a series take, as a power of two. */
export function binBitsFor(rowsPerSeries: number): number {
  if (!(rowsPerSeries >= MIN_ROWS)) return 0;
  const wantedBins = Math.min(MAX_BINS, rowsPerSeries / ROWS_PER_BIN);
  return Math.floor(Math.log2(wantedBins));
}

/** Bins over what a sample, which is sorted, holds but for its extremes. */
export function spreadBins(
  sampleMs: Float64Array<ArrayBuffer>,
  binBits: number,
): Binning {
  const halves = halvesOf(sampleMs.sort());
  const { length } = sampleMs;
  const least = keyOf(halves[2 * (length >> 6) + 1]!);
  const greatest = keyOf(halves[2 * (length - 1 - (length >> 8)) + 1]!);
  let shift = 0;
  while ((greatest >> shift) - (least >> shift) >= 1 << binBits) shift++;
  return { binBits, shift, firstKey: least >> shift };
}

/** Note: reading both sums before either is written takes a third less. */
export function addUpRows(
  { seriesCodes, durationsMs }: ColumnBlock,
  from: number,
  to: number,
  typeCodes: Int32Array,
  { seriesSumsMs, typeSumsMs }: Pick<Tally, "seriesSumsMs" | "typeSumsMs">,
): void {
  for (let row = from; row < to; row++) {
    const code = seriesCodes[row]!;
    const typeCode = typeCodes[code]!;
    const durationMs = durationsMs[row]!;
    const seriesSumMs = seriesSumsMs[code]! + durationMs;
    const typeSumMs = typeSumsMs[typeCode]! + durationMs;
    seriesSumsMs[code] = seriesSumMs;
    typeSumsMs[typeCode] = typeSumMs;
  }
}

/**
 * The difference of two keys may overflow. Keys of finite doubles are at most
 * `2^32 - 2^21 - 1` apart, though, so that what is left of it is then no bin.
 *
 * Note: one comparison that finds both the bins before the first and those
 * after the last, which are rare, takes a fifth less than two, and so does
 * adding up apart from this.
 */
export function binRows(
  slots: Int32Array,
  { seriesCodes, durationsMs }: ColumnBlock,
  from: number,
  to: number,
  { binBits, shift, firstKey }: Binning,
  histograms: Int32Array,
): void {
  const halves = halvesOf(durationsMs);
  const lastBin = (1 << binBits) - 1;
  for (let row = from; row < to; row++) {
    const key = keyOf(halves[2 * row + 1]!) >> shift;
    let bin = key - firstKey | 0;
    if (bin >>> 0 > lastBin) bin = key < firstKey ? 0 : lastBin;
    const slot = seriesCodes[row]! << binBits | bin;
    slots[row] = slot;
    histograms[slot]!++;
  }
}

/**
 * Adds up and bins the durations; `types` are the codes of the series of each
 * metric type.
 *
 * Bins ascend: no duration is greater than one in a later bin, since neither
 * key, shift, difference nor clamp ever swaps two.
 */
export function* tally(
  columns: ColumnsView,
  types: readonly (readonly number[])[],
): Sliced<Tally> {
  const seriesCount = columns.series.length;
  const typeCodes = new Int32Array(seriesCount);
  for (const [typeCode, codes] of types.entries()) {
    for (const code of codes) typeCodes[code] = typeCode;
  }
  const binning = chooseBinning(columns);
  yield;
  const binCount = 1 << binning.binBits;
  const slots: Int32Array[] = [];
  const result: Tally = {
    binCount,
    histograms: new Int32Array(seriesCount * binCount),
    slots,
    seriesSumsMs: new Float64Array(seriesCount),
    typeSumsMs: new Float64Array(types.length),
  };
  for (const [index, block] of columns.blocks.entries()) {
    const rows = rowsInBlock(columns, index);
    const ofBlock = new Int32Array(rows);
    slots.push(ofBlock);
    for (let from = 0; from < rows; from += SLICE_VALUES) {
      const to = Math.min(rows, from + SLICE_VALUES);
      addUpRows(block, from, to, typeCodes, result);
      binRows(ofBlock, block, from, to, binning, result.histograms);
      yield;
    }
  }
  return result;
}
