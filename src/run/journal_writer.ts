import {
  BLOCK_ROWS,
  type ColumnBlock,
  type ColumnsView,
  MeasurementColumns,
  type Series,
} from "../columns/measurement_columns.ts";
import { writeAll } from "../disk/write_file.ts";
import { MAX_FRAME_ROWS } from "../formats/journal/frame.ts";
import type { JournalEncoder } from "../formats/journal/journal_encoder.ts";
import { throwIfAborted } from "../model/interruption.ts";
import { DurationSample } from "../statistics/duration_sample.ts";
import { turns } from "../event_loop/turns.ts";

/** Rows to append. */
export interface RowRange {
  readonly columns: Pick<ColumnsView, "blocks" | "series">;
  /** The first; `undefined` for the first that no append has taken yet. */
  readonly from: number | undefined;
  /** The one after the last. */
  readonly to: number;
}

/** What a writer promises, and what may end it. */
export interface JournalWriterOptions {
  /** Whether what has been appended lasts through a power failure. */
  readonly sync: boolean;
  readonly signal: AbortSignal | undefined;
}

/** A batch that waits to be written. */
interface Append {
  readonly batch: RowRange | AsyncIterable<RowRange> | typeof END;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

const END = Symbol("end");

/**
 * Appends batches to a journal, one write after the other. Batches that come
 * while one is being written share the next write and its sync.
 */
export class JournalWriter {
  readonly #file: Deno.FsFile;
  readonly #encoder: JournalEncoder;
  readonly #options: JournalWriterOptions;
  readonly #sample = new DurationSample();
  /** How many rows of these columns have been appended. */
  readonly #taken = new WeakMap<object, number>();
  /** The number of each of their series in the journal, or -1. */
  #numbers = new WeakMap<object, Int32Array>();
  #series = new MeasurementColumns();
  #rows = 0;
  /** Up to where the journal is whole, and has been promised. */
  #bytes: number;
  /** Whether something was written after that. */
  #isBeyond = false;
  /** Rows since others could run. */
  #rowsOfTurn = 0;
  #queue: Append[] = [];
  #flushing: Promise<void> | undefined;
  #isEnded = false;
  /** Why nothing more can be written. */
  #failure: { readonly reason: unknown } | undefined;

  /** Makes a writer behind the header that has been written. */
  constructor(
    file: Deno.FsFile,
    encoder: JournalEncoder,
    options: JournalWriterOptions,
  ) {
    this.#file = file;
    this.#encoder = encoder;
    this.#options = options;
    this.#bytes = encoder.offset;
  }

  /** How many rows have been appended. */
  get rows(): number {
    return this.#rows;
  }

  /** Their series, in the order of their first rows. */
  get series(): readonly Series[] {
    return this.#series.series;
  }

  /** Some of their durations. */
  get sampleMs(): Float64Array<ArrayBuffer> {
    return this.#sample.valuesMs;
  }

  /**
   * Appends a batch. One that comes in pieces is written as they come; if that
   * fails, what was written of it is taken back, and others wait meanwhile.
   */
  append(batch: RowRange | AsyncIterable<RowRange>): Promise<void> {
    return this.#enqueue(batch);
  }

  /** Says that there is no more to come, after what is being appended. */
  async end(): Promise<void> {
    if (!this.#isEnded) await this.#enqueue(END);
  }

  /** Waits until nothing is being written; what failed has been told. */
  async settle(): Promise<void> {
    await this.#flushing;
  }

  #enqueue(batch: Append["batch"]): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#queue.push({ batch, resolve, reject });
    this.#flushing ??= this.#flush();
    return promise;
  }

  async #flush(): Promise<void> {
    // Those that are appended in the same turn share the first write, too.
    await undefined;
    while (this.#queue.length > 0) {
      const group = this.#nextGroup();
      try {
        await this.#write(group);
        for (const { resolve } of group) resolve();
      } catch (error) {
        for (const { reject } of group) reject(error);
      }
    }
    this.#flushing = undefined;
  }

  /** What is written together: whole batches, or one in pieces, or the end. */
  #nextGroup(): Append[] {
    const isWhole = ({ batch }: Append) => batch !== END && "to" in batch;
    const others = this.#queue.findIndex((it) => !isWhole(it));
    return this.#queue.splice(
      0,
      others === -1 ? this.#queue.length : Math.max(1, others),
    );
  }

  async #write(group: readonly Append[]): Promise<void> {
    if (this.#failure !== undefined) throw this.#failure.reason;
    const before = { rows: this.#rows, series: this.series.length };
    const positions = new Map<object, number>();
    this.#encoder.startAt(this.#bytes, this.#bytes);
    this.#isBeyond = false;
    try {
      throwIfAborted(this.#options.signal);
      for (const { batch } of group) {
        if (batch === END) {
          this.#encoder.addEnd();
        } else if ("to" in batch) {
          await this.#addRange(batch, positions);
        } else {
          for await (const range of batch) {
            await this.#addRange(range, positions);
          }
        }
      }
      await this.#writeFrames();
    } catch (error) {
      await this.#takeBack(before);
      throw error;
    }
    if (this.#options.sync && this.#encoder.offset > this.#bytes) {
      try {
        await this.#file.syncData();
      } catch (error) {
        // What the system could not write it may have forgotten: to sync again
        // would say nothing of it.
        this.#failure = { reason: error };
        this.#rows = before.rows;
        throw error;
      }
    }
    this.#bytes = this.#encoder.offset;
    for (const [columns, to] of positions) this.#taken.set(columns, to);
    if (group[0]!.batch === END) this.#isEnded = true;
  }

  async #addRange(
    { columns, from, to }: RowRange,
    positions: Map<object, number>,
  ): Promise<void> {
    const { signal } = this.#options;
    let at = from ?? positions.get(columns) ?? this.#taken.get(columns) ?? 0;
    while (at < to) {
      const block = columns.blocks[Math.floor(at / BLOCK_ROWS)]!;
      const start = at % BLOCK_ROWS;
      const rows = Math.min(MAX_FRAME_ROWS, BLOCK_ROWS - start, to - at);
      const numbers = this.#numberSeries(columns, block, start, rows);
      if (!this.#encoder.hasRoomFor(rows)) await this.#writeFrames();
      this.#encoder.addRows(block, start, rows, numbers);
      this.#sample.add(block.durationsMs, start, rows);
      this.#rows += rows;
      at += rows;
      this.#rowsOfTurn += rows;
      // A turn takes as long as some thousand rows, and a write most often is one.
      if (this.#rowsOfTurn >= BLOCK_ROWS) {
        this.#rowsOfTurn = 0;
        if (turns.isOver) await turns.next();
        throwIfAborted(signal);
      }
    }
    if (from === undefined) positions.set(columns, at);
  }

  /** Numbers the series of rows in the order of their first rows. */
  #numberSeries(
    columns: RowRange["columns"],
    block: ColumnBlock,
    from: number,
    rows: number,
  ): Int32Array {
    const { series } = columns;
    let numbers = this.#numbers.get(columns);
    if (numbers === undefined || numbers.length < series.length) {
      const grown = new Int32Array(2 * series.length).fill(-1);
      if (numbers !== undefined) grown.set(numbers);
      numbers = grown;
      this.#numbers.set(columns, numbers);
    }
    const { seriesCodes } = block;
    for (let row = from; row < from + rows; row++) {
      const code = seriesCodes[row]!;
      if (numbers[code]! < 0) numbers[code] = this.#numberOf(series[code]!);
    }
    return numbers;
  }

  #numberOf(series: Series): number {
    const { metricType, satelliteId } = series;
    const known = this.#series.findSeries(metricType, satelliteId);
    if (known !== undefined) return known;
    this.#encoder.addSeries(series);
    return this.#series.addSeries(metricType, satelliteId);
  }

  async #writeFrames(): Promise<void> {
    const { frames, offset } = this.#encoder;
    this.#isBeyond = true;
    await writeAll(this.#file, frames);
    this.#encoder.startAt(offset, this.#bytes);
  }

  /** Leaves the journal as it was before a group of which something failed. */
  async #takeBack(before: { rows: number; series: number }): Promise<void> {
    this.#rows = before.rows;
    const known = this.series.slice(0, before.series);
    this.#series = new MeasurementColumns();
    for (const { metricType, satelliteId } of known) {
      this.#series.addSeries(metricType, satelliteId);
    }
    this.#numbers = new WeakMap();
    if (!this.#isBeyond) return;
    try {
      await this.#file.truncate(this.#bytes);
      // Else a power failure could bring back what was refused.
      if (this.#options.sync) await this.#file.syncData();
    } catch (error) {
      this.#failure = { reason: error };
    }
  }
}
