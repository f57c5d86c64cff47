import { normalQuantile } from "./distributions/normal_quantile.ts";

/**
 * A seeded source of random numbers: the same on every machine, since it
 * counts in whole numbers of 32 bits.
 *
 * The generator is sfc32 of PractRand (Chris Doty-Humphrey), which passes its
 * tests: https://pracrand.sourceforge.net/RNG_engines.txt
 */
export class Random {
  #a: number;
  #b = 0x9e3779b9 | 0;
  #c = 0x243f6a88 | 0;
  #counter = 1;

  /** A source with a whole number as its seed. */
  constructor(seed: number) {
    this.#a = seed | 0;
    for (let i = 0; i < 15; i++) this.#next();
  }

  /** A number between 0 and 1, never either of them. */
  uniform(): number {
    return (this.#next() + 0.5) / 2 ** 32;
  }

  /** A whole number from 0 to below a bound of at most 2^32. */
  below(bound: number): number {
    return Math.floor(this.#next() / 2 ** 32 * bound);
  }

  /** A draw from the standard normal distribution. */
  normal(): number {
    return normalQuantile(this.uniform());
  }

  /** Moves so many values, drawn without replacement, to the front. */
  draw<T>(values: T[], count: number): void {
    for (let i = 0; i < count; i++) {
      const j = i + this.below(values.length - i);
      [values[i], values[j]] = [values[j]!, values[i]!];
    }
  }

  #next(): number {
    const sum = (this.#a + this.#b | 0) + this.#counter | 0;
    this.#counter = this.#counter + 1 | 0;
    this.#a = this.#b ^ this.#b >>> 9;
    this.#b = this.#c + (this.#c << 3) | 0;
    this.#c = (this.#c << 21 | this.#c >>> 11) + sum | 0;
    return sum >>> 0;
  }
}
