import {
  BLOCK_ROWS,
  type ColumnsView,
} from "../../columns/measurement_columns.ts";
import { deviationOf, medianOf } from "../centre_and_spread.ts";
import { SLICE_VALUES, type Sliced } from "../../work/sliced.ts";

/** How measurements follow one another in time. */
export interface RunProfile {
  /** Share of each series' samples that is effective, by code: 0 to 1. */
  readonly effectiveOfSeries: readonly number[];
  /** The same of each metric type over all satellites. */
  readonly effectiveOfTypes: ReadonlyMap<string, number>;
  /**
   * How much a run wavers: the standard deviation, over ten blocks of time, of
   * the mean logarithm of the durations, each relative to its series' median;
   * the median over the metric types. `undefined` for too few measurements.
   */
  readonly unrest: number | undefined;
}

const TIME_BLOCKS = 10;

/** Rows looked at in a block of time, so that a long run takes no longer. */
const MOST_ROWS = 4096;

/** Rows of a metric type without which a block of time says nothing. */
const FEWEST_ROWS = 3;

/** Sums over a sequence, of which the correlation of neighbours follows. */
class Sequence {
  #count = 0;
  #sum = 0;
  #squares = 0;
  #pairs = 0;
  #products = 0;
  #before = NaN;

  add(value: number): void {
    this.#count++;
    this.#sum += value;
    this.#squares += value * value;
    if (this.#before === this.#before) {
      this.#pairs++;
      this.#products += value * this.#before;
    }
    this.#before = value;
  }

  /** What follows is no neighbour of what was. */
  interrupt(): void {
    this.#before = NaN;
  }

  /**
   * `(1 - r) / (1 + r)` with the correlation `r` of neighbours, where that is
   * positive: what autoregressive samples of the first order are worth (G. V.
   * Bayley and J. M. Hammersley, The "Effective" Number of Independent
   * Observations, 1946, https://doi.org/10.2307/2983560).
   */
  get effectiveShare(): number {
    if (this.#pairs < 2) return 1;
    const mean = this.#sum / this.#count;
    const variance = this.#squares / this.#count - mean * mean;
    const covariance = this.#products / this.#pairs - mean * mean;
    if (!(variance > 0) || !(covariance > 0)) return 1;
    const r = Math.min(covariance / variance, 0.99);
    return (1 - r) / (1 + r);
  }
}

/**
 * Looks at how a run's measurements follow one another; `mediansMs` are those
 * of the series. Durations that are not above 0 are passed over.
 */
export function* profileRun(
  { length, series, blocks }: ColumnsView,
  mediansMs: readonly (number | undefined)[],
): Sliced<RunProfile> {
  const ofSeries = series.map(() => new Sequence());
  const ofTypes = new Map(
    series.map(({ metricType }) => [metricType, {
      sequence: new Sequence(),
      sums: new Float64Array(TIME_BLOCKS),
      counts: new Int32Array(TIME_BLOCKS),
    }]),
  );
  const typeOf = series.map(({ metricType }) => ofTypes.get(metricType)!);
  const logMedians = mediansMs.map((it) => it === undefined ? 0 : Math.log(it));
  for (let block = 0; block < TIME_BLOCKS; block++) {
    const from = Math.floor(length * block / TIME_BLOCKS);
    const end = Math.floor(length * (block + 1) / TIME_BLOCKS);
    const to = Math.min(end, from + MOST_ROWS);
    for (let row = from; row < to; row++) {
      const { durationsMs, seriesCodes } =
        blocks[Math.floor(row / BLOCK_ROWS)]!;
      const durationMs = durationsMs[row % BLOCK_ROWS]!;
      if (durationMs > 0) {
        const code = seriesCodes[row % BLOCK_ROWS]!;
        const value = Math.log(durationMs) - logMedians[code]!;
        ofSeries[code]!.add(value);
        const ofType = typeOf[code]!;
        ofType.sequence.add(value);
        ofType.sums[block]! += value;
        ofType.counts[block]!++;
      }
      if (row % SLICE_VALUES === 0) yield;
    }
    if (to < end) {
      for (const it of ofSeries) it.interrupt();
      for (const { sequence } of ofTypes.values()) sequence.interrupt();
    }
  }
  const unrests: number[] = [];
  for (const { sums, counts } of ofTypes.values()) {
    if (counts.some((count) => count < FEWEST_ROWS)) continue;
    unrests.push(deviationOf(sums.map((sum, i) => sum / counts[i]!)));
  }
  return {
    effectiveOfSeries: ofSeries.map((it) => it.effectiveShare),
    effectiveOfTypes: new Map(
      [...ofTypes].map(([type, it]) => [type, it.sequence.effectiveShare]),
    ),
    unrest: unrests.length > 0 ? medianOf(unrests) : undefined,
  };
}
