import { Turns } from "../../src/event_loop/turns.ts";

/**
 * Counts how often work gives way to timers and I/O where its turn is always
 * over. It then gives way wherever it can, so that the count tells how finely
 * it is cut, whatever the machine.
 */
export class TurnCounter implements Disposable {
  /** Turns that have been waited for. */
  turns = 0;

  readonly #isOver = Object.getOwnPropertyDescriptor(
    Turns.prototype,
    "isOver",
  )!;
  readonly #next = Turns.prototype.next;

  /** Counts from now on until it is disposed of. */
  constructor() {
    const next = this.#next;
    const count = () => this.turns++;
    Object.defineProperty(Turns.prototype, "isOver", {
      ...this.#isOver,
      get: () => true,
    });
    Turns.prototype.next = function () {
      count();
      return next.call(this);
    };
  }

  /** Lets turns go by the clock again. */
  [Symbol.dispose](): void {
    Object.defineProperty(Turns.prototype, "isOver", this.#isOver);
    Turns.prototype.next = this.#next;
  }
}
