/** Tells on standard error how far a long run is. */
export class Progress {
  readonly #steps: number;
  readonly #inPlace = Deno.stderr.isTerminal();
  #step = 0;
  #title = "";

  /** A run of this many steps. */
  constructor(steps: number) {
    this.#steps = steps;
  }

  /** Begins the next step. */
  next(title: string): void {
    this.#step++;
    this.#title = title;
    if (this.#inPlace) this.update(0);
    else this.#write(`${this.#line()}\n`);
  }

  /** Tells which share of the step is done, where that can be overwritten. */
  update(done: number): void {
    if (!this.#inPlace) return;
    this.#write(`\r\x1b[K${this.#line()} ${Math.floor(done * 100)} %`);
  }

  /** Leaves the line to what follows. */
  clear(): void {
    if (this.#inPlace) this.#write("\r\x1b[K");
  }

  #line(): string {
    return `[${this.#step}/${this.#steps}] ${this.#title}`;
  }

  #write(text: string): void {
    Deno.stderr.writeSync(new TextEncoder().encode(text));
  }
}
