import type { Sliced } from "../event_loop/sliced.ts";
import { selectRanks } from "./select_ranks.ts";
import { keyOf } from "./tally.ts";

/** A rank that is looked for, and where its duration goes. */
export interface WantedRank {
  /** Among the durations of the target. */
  readonly rank: number;
  /** Is told the duration. */
  readonly found: (durationMs: number) => void;
}

/** Durations between two bounds, in the order of all doubles; both included. */
interface Range {
  readonly least: DoubleKey;
  readonly greatest: DoubleKey;
}

/** A double as two integers that order as doubles do, -0 before 0. */
export interface DoubleKey {
  /** From -2^31. */
  readonly upper: number;
  /** From 0. */
  readonly lower: number;
}

/** The durations of a range, by one half of their keys. */
interface Counts {
  readonly half: "upper" | "lower";
  readonly shift: number;
  readonly first: number;
  readonly counts: Int32Array;
  readonly leastMs: Float64Array<ArrayBuffer>;
  readonly greatestMs: Float64Array<ArrayBuffer>;
}

/**
 * Durations of a group, in a range that holds ranks which are looked for. In a
 * pass over all rows they are gathered, if they are few, or counted in bins to
 * find a narrower range.
 */
export class RankTarget {
  /** How many durations there are in the range. */
  readonly count: number;
  readonly #ranks: readonly WantedRank[];
  readonly #range: Range;
  #gathered: Float64Array | undefined;
  #gatheredCount = 0;
  #counts: Counts | undefined;

  constructor(count: number, ranks: readonly WantedRank[], range: Range) {
    this.count = count;
    this.#ranks = ranks;
    this.#range = range;
  }

  /** Gathers the durations in the next pass. */
  gather(): void {
    this.#gathered = new Float64Array(this.count);
    this.#gatheredCount = 0;
  }

  /** Counts them in up to `2 ** binBits` bins in the next pass. */
  countInBins(binBits: number): void {
    const { least, greatest } = this.#range;
    const half = least.upper === greatest.upper ? "lower" : "upper";
    let shift = 0;
    const at = (key: DoubleKey) => Math.floor(key[half] / 2 ** shift);
    while (at(greatest) - at(least) >= 1 << binBits) shift++;
    const bins = at(greatest) - at(least) + 1;
    this.#counts = {
      half,
      shift,
      first: at(least),
      counts: new Int32Array(bins),
      leastMs: new Float64Array(bins).fill(Infinity),
      greatestMs: new Float64Array(bins).fill(-Infinity),
    };
  }

  /** Takes a duration of the group, unless it is out of the range. */
  take(durationMs: number, upper: number, lower: number): void {
    const { least, greatest } = this.#range;
    if (
      upper < least.upper || upper === least.upper && lower < least.lower ||
      upper > greatest.upper ||
      upper === greatest.upper && lower > greatest.lower
    ) return;
    if (this.#gathered !== undefined) {
      this.#gathered[this.#gatheredCount++] = durationMs;
      return;
    }
    const { half, shift, first, counts, leastMs, greatestMs } = this.#counts!;
    const bin = (half === "upper" ? upper >> shift : lower >>> shift) - first;
    counts[bin]!++;
    // No bin holds both -0 and 0, whose upper halves differ in every bit.
    if (durationMs < leastMs[bin]!) leastMs[bin] = durationMs;
    if (durationMs > greatestMs[bin]!) greatestMs[bin] = durationMs;
  }

  /** Tells what was found in a pass, and returns what is left to look for. */
  *narrow(): Sliced<RankTarget[]> {
    if (this.#gathered !== undefined) {
      const ranks = this.#ranks.map(({ rank }) => rank);
      yield* selectRanks(this.#gathered, 0, this.count, ranks);
      for (const { rank, found } of this.#ranks) found(this.#gathered[rank]!);
      this.#gathered = undefined;
      return [];
    }
    const { counts, leastMs, greatestMs } = this.#counts!;
    this.#counts = undefined;
    const left: RankTarget[] = [];
    for (const [bin, ranks] of ranksByBin(counts, this.#ranks)) {
      const range = {
        least: keyOfDouble(leastMs, bin),
        greatest: keyOfDouble(greatestMs, bin),
      };
      if (Object.is(leastMs[bin], greatestMs[bin])) {
        for (const { found } of ranks) found(leastMs[bin]!);
      } else {
        left.push(new RankTarget(counts[bin]!, ranks, range));
      }
      yield;
    }
    return left;
  }
}

/** Which bins hold ranks, and which these are within. */
export function ranksByBin(
  counts: Int32Array,
  ranks: readonly WantedRank[],
): Map<number, WantedRank[]> {
  const byBin = new Map<number, WantedRank[]>();
  let bin = 0;
  let before = 0;
  for (const { rank, found } of ranks) {
    while (before + counts[bin]! <= rank) before += counts[bin++]!;
    const within = byBin.get(bin) ?? [];
    within.push({ rank: rank - before, found });
    byBin.set(bin, within);
  }
  return byBin;
}

/** The key of a double in an array. */
export function keyOfDouble(
  values: Float64Array<ArrayBuffer>,
  index: number,
): DoubleKey {
  const halves = new Int32Array(
    values.buffer,
    values.byteOffset + 8 * index,
    2,
  );
  return {
    upper: keyOf(halves[1]!),
    lower: lowerKeyOf(halves[0]!, halves[1]!),
  };
}

/** The lower half of a double as a number from 0, as `keyOf` its upper half. */
export function lowerKeyOf(lowerHalf: number, upperHalf: number): number {
  return (lowerHalf ^ upperHalf >> 31) >>> 0;
}
