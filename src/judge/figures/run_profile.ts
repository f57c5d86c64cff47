import {
  BLOCK_ROWS,
  type ColumnsView,
} from "../../columns/measurement_columns.ts";
import { SLICE_VALUES, type Sliced } from "../../event_loop/sliced.ts";
import { deviationOf, medianOf } from "../centre_and_spread.ts";

/** How measurements follow one another in time. */
export interface RunProfile {
  /** Share of each series' samples that is effective, by code: 0 to 1. */
  readonly effectiveOfSeries: readonly number[];
  /** The same of each metric type over all satellites. */
  readonly effectiveOfTypes: ReadonlyMap<string, number>;
  /**
   * How much a run wavers: the standard deviation, over ten blocks of time, of
   * the mean logarithm of the durations, each relative to its series; the
   * median over the metric types. `undefined` for too few measurements.
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
    if (!Number.isNaN(this.#before)) {
      this.#pairs++;
      this.#products += value * this.#before;
    }
    this.#before = value;
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

/** A metric type of a run in time. */
class TypeInTime {
  readonly sequence: Sequence = new Sequence();
  readonly #sums = new Float64Array(TIME_BLOCKS);
  readonly #counts = new Int32Array(TIME_BLOCKS);

  add(value: number, block: number): void {
    this.sequence.add(value);
    this.#sums[block]! += value;
    this.#counts[block]!++;
  }

  get unrest(): number | undefined {
    if (this.#counts.some((count) => count < FEWEST_ROWS)) return undefined;
    return deviationOf(this.#sums.map((sum, i) => sum / this.#counts[i]!));
  }
}

/**
 * Looks at how a run's measurements follow one another. Durations that are not
 * above 0 are passed over.
 */
export function* profileRun(columns: ColumnsView): Sliced<RunProfile> {
  const { length, series } = columns;
  const stretches = Array.from({ length: TIME_BLOCKS }, (_, block) => {
    const from = Math.floor(length * block / TIME_BLOCKS);
    const end = Math.floor(length * (block + 1) / TIME_BLOCKS);
    return { block, from, to: Math.min(end, from + MOST_ROWS) };
  });
  const sums = new Float64Array(series.length);
  const counts = new Int32Array(series.length);
  for (const { from, to } of stretches) {
    yield* eachLog(columns, from, to, (log, code) => {
      sums[code]! += log;
      counts[code]!++;
    });
  }
  const centres = sums.map((sum, code) => sum / counts[code]!);
  const ofSeries = series.map(() => new Sequence());
  const ofTypes = new Map(
    series.map(({ metricType }) => [metricType, new TypeInTime()]),
  );
  const typeOf = series.map(({ metricType }) => ofTypes.get(metricType)!);
  // Where stretches meet, ten pairs of thousands are no neighbours.
  for (const { block, from, to } of stretches) {
    yield* eachLog(columns, from, to, (log, code) => {
      const value = log - centres[code]!;
      ofSeries[code]!.add(value);
      typeOf[code]!.add(value, block);
    });
  }
  const unrests = [...ofTypes.values()].map(({ unrest }) => unrest)
    .filter((unrest) => unrest !== undefined);
  return {
    effectiveOfSeries: ofSeries.map((it) => it.effectiveShare),
    effectiveOfTypes: new Map(
      [...ofTypes].map(([type, it]) => [type, it.sequence.effectiveShare]),
    ),
    unrest: unrests.length > 0 ? medianOf(unrests) : undefined,
  };
}

function* eachLog(
  { blocks }: ColumnsView,
  from: number,
  to: number,
  visit: (log: number, seriesCode: number) => void,
): Sliced<void> {
  for (let row = from; row < to; row++) {
    const { durationsMs, seriesCodes } = blocks[Math.floor(row / BLOCK_ROWS)]!;
    const durationMs = durationsMs[row % BLOCK_ROWS]!;
    if (durationMs > 0) {
      visit(Math.log(durationMs), seriesCodes[row % BLOCK_ROWS]!);
    }
    if (row % SLICE_VALUES === 0) yield;
  }
}
