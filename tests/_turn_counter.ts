import { Turn } from "../src/sliced.ts";

/**
 * Counts how often work gives way to timers and I/O where its turn is always
 * over. It then gives way wherever it can, so that the count tells how finely
 * it is cut, whatever the machine.
 */
export class TurnCounter implements Disposable {
  /** Turns that have been waited for. */
  turns = 0;

  readonly #isOver = Object.getOwnPropertyDescriptor(Turn.prototype, "isOver")!;
  readonly #next = Turn.prototype.next;

  /** Counts from now on until it is disposed of. */
  constructor() {
    const next = this.#next;
    const count = () => this.turns++;
    Object.defineProperty(Turn.prototype, "isOver", {
      ...this.#isOver,
      get: () => true,
    });
    Turn.prototype.next = function () {
      count();
      return next.call(this);
    };
  }

  /** Lets turns go by the clock again. */
  [Symbol.dispose](): void {
    Object.defineProperty(Turn.prototype, "isOver", this.#isOver);
    Turn.prototype.next = this.#next;
  }
}
