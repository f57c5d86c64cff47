import { Pace } from "../model/pace.ts";

/** Values that are sorted at once: a fraction of a millisecond. */
const SORTED_AT_ONCE = 1024;

/** Parts that more values are cut into. */
const PARTS = 1024;

/** How often each of some values occurs. */
export class ValueCounts {
  readonly #counts = new Map<number, number>();
  #total = 0;

  /** How many there are. */
  get total(): number {
    return this.#total;
  }

  /** Counts a value. */
  add(value: number): void {
    this.#counts.set(value, (this.#counts.get(value) ?? 0) + 1);
    this.#total++;
  }

  /** The value at a rank, from 0 to the total less one, in turns of the loop. */
  async at(rank: number): Promise<number> {
    const pace = new Pace();
    let values: Iterable<number> = this.#counts.keys();
    for (let distinct = this.#counts.size; distinct > SORTED_AT_ONCE;) {
      const part = await this.#partOf(rank, values, pace);
      rank -= part.before;
      values = part.values;
      distinct = part.values.length;
    }
    for (const value of Float64Array.from(values).sort()) {
      rank -= this.#counts.get(value)!;
      if (rank < 0) return value;
    }
    throw new RangeError("There is no such rank");
  }

  /** The values of the part with that rank; never all of several values. */
  async #partOf(
    rank: number,
    all: Iterable<number>,
    pace: Pace,
  ): Promise<{ values: number[]; before: number }> {
    const values: number[] = [];
    let least = Infinity;
    let greatest = -Infinity;
    for (const value of all) {
      values.push(value);
      least = Math.min(least, value);
      greatest = Math.max(greatest, value);
      if (pace.isOver) await pace.next();
    }
    const partOf = (value: number) =>
      Math.min(
        PARTS - 1,
        Math.floor((value - least) / (greatest - least) * PARTS),
      );
    const held = new Float64Array(PARTS);
    for (const value of values) {
      held[partOf(value)]! += this.#counts.get(value)!;
      if (pace.isOver) await pace.next();
    }
    let before = 0;
    let wanted = 0;
    while (rank >= before + held[wanted]!) before += held[wanted++]!;
    const found: number[] = [];
    for (const value of values) {
      if (partOf(value) === wanted) found.push(value);
      if (pace.isOver) await pace.next();
    }
    return { values: found, before };
  }
}
