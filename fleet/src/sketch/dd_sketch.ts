import { BucketCounts } from "./bucket_counts.ts";
import { ExactSum } from "./exact_sum.ts";
import { LogMapping } from "./log_mapping.ts";
import { quantileRank } from "./quantile_rank.ts";
import {
  decodeSketch,
  encodeSketch,
  type SketchContents,
} from "./sketch_format.ts";

/** The relative error of sketches that say nothing else: 0.5 %. */
export const DEFAULT_RELATIVE_ERROR = 0.005;

/** Where a value is among the buckets of a sketch. */
export interface BucketPlace {
  /** The number of its bucket. */
  readonly bucket: number;
  /** How many values are in buckets before it. */
  readonly before: number;
  /** How many values are in it. */
  readonly count: number;
}

/**
 * Divides a sum that is beyond all doubles before the count does: as a power of
 * two, so that nothing is rounded.
 */
const SUM_SHIFT = 64;

/**
 * The quantiles of any number of values, each within a relative error that is
 * guaranteed, from some kilobytes: how many values fall into each of many
 * buckets, which grow with the values.
 *
 * Whatever the values, a quantile `s` of a sketch and the exact one `x` differ
 * by `|s - x| <= relativeError * |x|`. (Where `|x|` is below 2.3e-308, doubles
 * are themselves too far apart for that, and half their distance, 2.5e-324, is
 * added.) The exact one is what the package calls a quantile everywhere: of
 * `count` ascending values that at index `floor(count * q)`, or the last.
 * Zeros and negative values are counted as they are; count, sum, least and
 * greatest value are exact.
 *
 * Merging sketches gives the very sketch of all their values, in any order and
 * grouping, to the byte. The guarantee never weakens: buckets are not collapsed
 * as they become many, because doubles bound them. At 0.5 % there are at most
 * 145,422 of each sign, 2.3 MB in memory and some 0.6 MB encoded, which only
 * values spread over all doubles reach; latencies within a factor of a thousand
 * take 700, 7 KiB and 2 kB. A sketch never holds more buckets than values.
 *
 * Source: Charles Masson, Jee E. Rim, Homin K. Lee, DDSketch: a fast and
 * fully-mergeable quantile sketch with relative-error guarantees, 2019,
 * https://arxiv.org/abs/1908.10693
 *
 * @example The 99th percentile of two runs, without their rows
 * ```ts
 * import { DDSketch } from "@astraguard/hil-metrics-fleet";
 * import { assertAlmostEquals, assertEquals } from "@std/assert";
 *
 * const first = Array.from({ length: 1000 }, (_, i) => i + 1);
 * const second = Array.from({ length: 1000 }, (_, i) => 1000 + i + 1);
 * const stored = [first, second].map((it) => DDSketch.of(it).encode());
 *
 * const merged = new DDSketch();
 * for (const bytes of stored) merged.merge(DDSketch.decode(bytes));
 * assertEquals(merged.count, 2000);
 * assertEquals(merged.sum, 2_001_000);
 * assertAlmostEquals(merged.quantile(0.99)!, 1981, 1981 * merged.relativeError);
 * ```
 */
export class DDSketch {
  readonly #mapping: LogMapping;
  readonly #negative = new BucketCounts();
  readonly #positive = new BucketCounts();
  readonly #sum = new ExactSum();
  #count = 0;
  #zeroCount = 0;
  #min = Infinity;
  #max = -Infinity;

  /**
   * Makes an empty sketch.
   *
   * @param relativeError What a quantile may be off by, as a share of it:
   * 0.001 to 0.1.
   * @throws {RangeError} It is not.
   */
  constructor(relativeError: number = DEFAULT_RELATIVE_ERROR) {
    this.#mapping = new LogMapping(relativeError);
  }

  /**
   * The sketch of values.
   *
   * @throws {RangeError} One is not finite, or the error not from 0.001 to 0.1.
   */
  static of(
    values: Iterable<number>,
    relativeError: number = DEFAULT_RELATIVE_ERROR,
  ): DDSketch {
    const sketch = new DDSketch(relativeError);
    for (const value of values) sketch.add(value);
    return sketch;
  }

  /**
   * Reads what {@linkcode encode} wrote.
   *
   * @throws {DamagedSketchError} It is none, or damaged, or of a later version.
   */
  static decode(bytes: Uint8Array): DDSketch {
    const contents = decodeSketch(bytes);
    const sketch = new DDSketch(contents.mapping.relativeError);
    sketch.#take(contents);
    return sketch;
  }

  /** What every quantile is within, as a share of it. */
  get relativeError(): number {
    return this.#mapping.relativeError;
  }

  /** How many values there are. */
  get count(): number {
    return this.#count;
  }

  /** How many of them are 0 or -0. */
  get zeroCount(): number {
    return this.#zeroCount;
  }

  /** The least value; `undefined` without values. */
  get min(): number | undefined {
    return this.#count > 0 ? this.#min : undefined;
  }

  /** The greatest value; `undefined` without values. */
  get max(): number | undefined {
    return this.#count > 0 ? this.#max : undefined;
  }

  /**
   * The sum of the values, rounded once, and so independent of their order;
   * infinite beyond the greatest double.
   */
  get sum(): number {
    return this.#sum.toNumber();
  }

  /** Their mean, finite even where the sum is not; `undefined` without values. */
  get mean(): number | undefined {
    if (this.#count === 0) return undefined;
    const { sum } = this;
    return Number.isFinite(sum)
      ? sum / this.#count
      : this.#sum.toNumber(SUM_SHIFT) / this.#count * 2 ** SUM_SHIFT;
  }

  /**
   * Counts a value.
   *
   * @throws {RangeError} It is not finite.
   */
  add(value: number): void {
    if (value > 0 && value < Infinity) {
      this.#positive.add(this.#mapping.indexOf(value), 1);
    } else if (value < 0 && value > -Infinity) {
      this.#negative.add(this.#mapping.indexOf(-value), 1);
    } else if (value === 0) {
      this.#zeroCount++;
    } else {
      throw new RangeError(`A value must be a finite number: ${value}`);
    }
    this.#count++;
    this.#sum.add(value);
    this.#min = Math.min(this.#min, value);
    this.#max = Math.max(this.#max, value);
  }

  /**
   * Counts all values of another sketch.
   *
   * @returns This sketch.
   * @throws {RangeError} Their relative errors differ.
   */
  merge(other: DDSketch): this {
    this.#take(other.#contents());
    return this;
  }

  /**
   * The same with the bytes of the other: twice as fast, and nothing is
   * changed if they are damaged.
   *
   * @returns This sketch.
   * @throws {DamagedSketchError} They are no sketch.
   * @throws {RangeError} Their relative errors differ.
   */
  mergeEncoded(bytes: Uint8Array): this {
    this.#take(decodeSketch(bytes));
    return this;
  }

  /**
   * The `q` quantile, as the class describes it; exact where it is the least
   * or the greatest value, or 0. `undefined` without values.
   *
   * @throws {RangeError} `q` is not from 0 to 1.
   */
  quantile(q: number): number | undefined {
    const rank = quantileRank(this.#count, q);
    if (this.#count === 0) return undefined;
    if (rank === 0) return this.#min;
    if (rank === this.#count - 1) return this.#max;
    const estimate = this.#estimateOf(this.bucketAt(rank).bucket);
    return Math.min(this.#max, Math.max(this.#min, estimate));
  }

  /** The sketch as bytes: the same for the same values, in whatever order. */
  encode(): Uint8Array<ArrayBuffer> {
    return encodeSketch(this.#contents());
  }

  /**
   * The bucket of a value, numbered so that greater values are in no lesser
   * bucket: 0 holds zeros, those below it negative values.
   */
  bucketOf(value: number): number {
    if (value === 0) return 0;
    const index = this.#mapping.indexOf(Math.abs(value));
    return this.#numberOf(index, value < 0);
  }

  /**
   * The bucket that holds the value at a rank, counted from 0 in ascending
   * values, and how many values are in buckets before it.
   *
   * @throws {RangeError} There is no such rank.
   */
  bucketAt(rank: number): BucketPlace {
    if (!(rank >= 0 && rank < this.#count)) {
      throw new RangeError(`There is no rank ${rank} of ${this.#count} values`);
    }
    let before = 0;
    const negative = this.#negative.held();
    for (let i = negative.counts.length - 1; i >= 0; i--) {
      const count = negative.counts[i]!;
      const bucket = this.#numberOf(negative.indices[i]!, true);
      if (rank < before + count) return { bucket, before, count };
      before += count;
    }
    const count = this.#zeroCount;
    if (rank < before + count) return { bucket: 0, before, count };
    before += count;
    const { indices, counts } = this.#positive.held();
    let at = 0;
    while (rank >= before + counts[at]!) before += counts[at++]!;
    const bucket = this.#numberOf(indices[at]!, false);
    return { bucket, before, count: counts[at]! };
  }

  #numberOf(index: number, isNegative: boolean): number {
    const number = index - this.#mapping.leastIndex + 1;
    return isNegative ? -number : number;
  }

  /** A value within the relative error of all in a bucket. */
  #estimateOf(bucket: number): number {
    if (bucket === 0) return 0;
    const index = Math.abs(bucket) - 1 + this.#mapping.leastIndex;
    return Math.sign(bucket) * this.#mapping.estimateOf(index);
  }

  #contents(): SketchContents {
    return {
      mapping: this.#mapping,
      count: this.#count,
      zeroCount: this.#zeroCount,
      min: this.#min,
      max: this.#max,
      sum: this.#sum.digits(),
      negative: this.#negative.held(),
      positive: this.#positive.held(),
    };
  }

  #take(contents: SketchContents): void {
    const { relativeError } = contents.mapping;
    if (relativeError !== this.relativeError) {
      throw new RangeError(
        `Sketches of different relative errors cannot be merged: ${this.relativeError} and ${relativeError}`,
      );
    }
    this.#negative.addAll(contents.negative);
    this.#positive.addAll(contents.positive);
    this.#sum.addDigits(contents.sum);
    this.#count += contents.count;
    this.#zeroCount += contents.zeroCount;
    this.#min = Math.min(this.#min, contents.min);
    this.#max = Math.max(this.#max, contents.max);
  }
}
