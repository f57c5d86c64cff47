import { BLOCK_ROWS } from "../columns/measurement_columns.ts";
import { Interruption } from "../model/interruption.ts";
import { shown } from "../model/options.ts";
import {
  columnsOf,
  isCollector,
  LatencyCollector,
  type NewMeasurement,
} from "../record/latency_collector.ts";
import type { RowRange } from "../run/journal_writer.ts";
import { alongside } from "../event_loop/alongside.ts";
import { turns } from "../event_loop/turns.ts";

/**
 * What {@linkcode RunWriter.append} takes: a collector, of which the writer
 * takes what it has not taken yet; or measurements.
 */
export type AppendedBatch =
  | LatencyCollector
  | Iterable<NewMeasurement>
  | AsyncIterable<NewMeasurement>;

/** Measurements of an array that are checked without a pause. */
const MOST_AT_ONCE = 1024;

/** Measurements that are checked between two looks at the clock. */
const SLICE_ROWS = 256;

/** Waiting for the next measurement of an iterable, which may never come. */
interface Wait {
  end: (reason: unknown) => void;
}

/** Checks what is appended to a run, as a collector checks what it records. */
export class BatchReader {
  /** Where measurements are until they are written; some were refused. */
  #checked = new LatencyCollector();
  readonly #waits = new Set<Wait>();

  /**
   * The rows of a collector or a small array, as they are now; `undefined` for
   * a batch that comes in pieces.
   *
   * @throws {Interruption} What is wrong with it.
   */
  rangeOf(batch: AppendedBatch): RowRange | undefined {
    try {
      if (isCollector(batch)) {
        const columns = columnsOf(batch);
        return { columns, from: undefined, to: columns.length };
      }
      if (!Array.isArray(batch) || batch.length > MOST_AT_ONCE) {
        return undefined;
      }
      if (this.#checked.length >= BLOCK_ROWS) {
        this.#checked = new LatencyCollector();
      }
      const columns = columnsOf(this.#checked);
      const from = columns.length;
      for (const measurement of batch) this.#checked.record(measurement);
      return { columns, from, to: columns.length };
    } catch (error) {
      throw new Interruption(error);
    }
  }

  /**
   * The rows of any other batch: as many as a block holds, but for the last.
   *
   * @throws {Interruption} What is wrong with it, or what it throws.
   */
  async *piecesOf(batch: AppendedBatch): AsyncGenerator<RowRange, void, void> {
    const wait: Wait = { end: () => {} };
    this.#waits.add(wait);
    let iterator: AnyIterator | undefined;
    try {
      iterator = iteratorOf(batch);
      let collector = new LatencyCollector();
      for (;;) {
        const next = iterator.next();
        const step = "then" in next
          ? await endable(Promise.resolve(next), wait)
          : next;
        if (step.done) {
          iterator = undefined;
          break;
        }
        collector.record(step.value);
        if (collector.length === BLOCK_ROWS) {
          yield allOf(collector);
          collector = new LatencyCollector();
        } else if (collector.length % SLICE_ROWS === 0 && turns.isOver) {
          await turns.next();
        }
      }
      if (collector.length > 0) yield allOf(collector);
    } catch (error) {
      throw error instanceof Interruption ? error : new Interruption(error);
    } finally {
      this.#waits.delete(wait);
      // Not awaited: where it is waited for in vain, so would this be.
      if (iterator !== undefined) alongside(finish(iterator));
    }
  }

  /** Ends the wait for what iterables have not given yet. */
  end(reason: unknown): void {
    for (const { end } of this.#waits) end(new Interruption(reason));
  }
}

type AnyIterator = Iterator<NewMeasurement> | AsyncIterator<NewMeasurement>;

function iteratorOf(batch: AppendedBatch): AnyIterator {
  if (typeof batch === "object" && batch !== null) {
    if (Symbol.asyncIterator in batch) return batch[Symbol.asyncIterator]();
    if (Symbol.iterator in batch) return batch[Symbol.iterator]();
  }
  throw new TypeError(
    `A collector or measurements are needed: ${shown(batch)}`,
  );
}

function endable<T>(promise: Promise<T>, wait: Wait): Promise<T> {
  return new Promise((resolve, reject) => {
    wait.end = reject;
    promise.then(resolve, reject);
  });
}

async function finish(iterator: AnyIterator): Promise<void> {
  await iterator.return?.();
}

function allOf(collector: LatencyCollector): RowRange {
  const columns = columnsOf(collector);
  return { columns, from: 0, to: columns.length };
}
