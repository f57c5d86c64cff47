const MAX_VALUES = 2048;

/** Some of the durations of a run of any length, spread evenly over it. */
export class DurationSample {
  readonly #valuesMs = new Float64Array(MAX_VALUES);
  #count = 0;
  /** Every so many rows one is taken. */
  #stride = 1;
  /** Rows to pass over before the next is taken. */
  #skip = 0;

  /** Those taken so far. */
  get valuesMs(): Float64Array<ArrayBuffer> {
    return this.#valuesMs.slice(0, this.#count);
  }

  /** Takes some of the next rows. */
  add(durationsMs: Float64Array, from: number, count: number): void {
    let at = this.#skip;
    for (; at < count; at += this.#stride) {
      if (this.#count === MAX_VALUES) this.#thinOut();
      this.#valuesMs[this.#count++] = durationsMs[from + at]!;
    }
    this.#skip = at - count;
  }

  /** Keeps every other one, as if so few had been taken from the start on. */
  #thinOut(): void {
    this.#count /= 2;
    for (let i = 0; i < this.#count; i++) {
      this.#valuesMs[i] = this.#valuesMs[2 * i]!;
    }
    this.#stride *= 2;
  }
}
