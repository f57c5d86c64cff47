import {
  BLOCK_ROWS,
  type ColumnBlock,
  MeasurementColumns,
  type Series,
} from "../../columns/measurement_columns.ts";
import { areLabels } from "../../model/labels.ts";
import { xxh32Word } from "../xxh32.ts";
import {
  FRAME_ALIGNMENT_BYTES,
  frameBytes,
  type FrameHead,
  HEAD_BYTES,
  isOtherVersion,
  type JournalHeader,
  MAX_FRAME_ROWS,
  readHead,
  ROW_BYTES,
} from "./frame.ts";

/** Room for what is being decoded, unless a frame has more. */
const WINDOW_BYTES = 2 * frameBytes(MAX_FRAME_ROWS * ROW_BYTES);

/** Bytes that are taken at a time. */
const SLICE_BYTES = WINDOW_BYTES / 2;

/** Up to so many rows, a loop copies faster than the runtime does. */
const FEW_ROWS = 64;

/** Heads that are looked for at a time where a frame is not whole. */
const SEARCHED_BYTES = 16_384;

const decoder = new TextDecoder("utf-8", { fatal: true });

/** A file that is not a journal, or was damaged; the message says where. */
export class JournalSyntaxError extends Error {
  /** Always `"JournalSyntaxError"`. */
  override readonly name = "JournalSyntaxError";
}

/** Rows in the order of their recording. */
export interface JournalRows {
  readonly block: ColumnBlock;
  readonly count: number;
}

/** How a journal ends. */
export interface JournalEnd {
  /** Bytes up to the end of the last whole frame. */
  readonly wholeBytes: number;
  /** Whether that is the last frame there was to be. */
  readonly isEnded: boolean;
}

/**
 * Reads a journal, in chunks of any size.
 *
 * A frame that is not whole was being written as the process or the power
 * ended: what follows it does not count. It is damage, though, if a later frame
 * says that it had been promised.
 */
export class JournalDecoder {
  /** What the first frame says; `undefined` until that has been read. */
  header: JournalHeader | undefined;
  /** Rows so far. */
  rows = 0;
  readonly #series = new MeasurementColumns();
  readonly #block = emptyBlock();
  #blockRows = 0;
  #window = new Uint8Array(WINDOW_BYTES);
  #view = new DataView(this.#window.buffer);
  #doubles = new Float64Array(this.#window.buffer);
  #numbers = new Int32Array(this.#window.buffer);
  #filledBytes = 0;
  /** Where in the journal the window starts. */
  #offset = 0;
  #salt: number | undefined;
  #isEnded = false;
  /** Where the first frame starts that is not whole. */
  #tornAt: number | undefined;

  /** The series so far, in the order of their first rows. */
  get series(): readonly Series[] {
    return this.#series.series;
  }

  /**
   * Takes the bytes that follow those pushed before. Yields a block of rows
   * whenever one is full, which stays as it is until the next is asked for, and
   * `undefined` where others may run.
   *
   * Throws a {@linkcode JournalSyntaxError} at what is wrong.
   */
  *push(
    bytes: Uint8Array,
  ): Generator<JournalRows | undefined, void, undefined> {
    for (let taken = 0; taken < bytes.length;) {
      const room = this.#window.length - this.#filledBytes;
      const count = Math.min(SLICE_BYTES, room, bytes.length - taken);
      this.#window.set(
        bytes.subarray(taken, taken + count),
        this.#filledBytes,
      );
      this.#filledBytes += count;
      taken += count;
      yield* this.#tornAt === undefined ? this.#decode() : this.#search();
    }
  }

  /** Hands over the last rows, if there are any; `undefined` otherwise. */
  rest(): JournalRows | undefined {
    return this.#blockRows > 0 ? this.#take() : undefined;
  }

  /** How the journal ends, once all of it was pushed. */
  finish(): JournalEnd {
    const wholeBytes = this.#tornAt ?? this.#offset;
    return { wholeBytes, isEnded: this.#isEnded };
  }

  *#decode(): Generator<JournalRows | undefined, void, undefined> {
    let at = 0;
    while (at + HEAD_BYTES <= this.#filledBytes) {
      const offset = this.#offset + at;
      const head = readHead(this.#view, at, offset);
      if (head === undefined || !this.#isOwn(head)) {
        if (offset === 0 && isOtherVersion(this.#view, at)) {
          throw new JournalSyntaxError(
            "it is of another version of the format",
          );
        }
        yield* this.#tear(at);
        return;
      }
      const sizeBytes = frameBytes(head.payloadBytes);
      if (at + sizeBytes > this.#filledBytes) {
        this.#makeRoom(at, sizeBytes);
        return;
      }
      const start = at + HEAD_BYTES;
      const payload = this.#window.subarray(start, start + head.payloadBytes);
      if (xxh32Word(payload) !== head.payloadXxh32) {
        yield* this.#tear(at);
        return;
      }
      yield* this.#accept(head, payload, start, offset);
      at += sizeBytes;
    }
    this.#forget(at);
  }

  /** Whether a frame belongs where it was found. */
  #isOwn({ kind, salt }: FrameHead): boolean {
    if (this.#salt === undefined) return kind === "header";
    return salt === this.#salt && kind !== "header" && !this.#isEnded;
  }

  *#accept(
    head: FrameHead,
    payload: Uint8Array,
    start: number,
    offset: number,
  ): Generator<JournalRows | undefined, void, undefined> {
    if (head.kind === "rows") {
      yield* this.#acceptRows(head.count, start, offset);
    } else if (head.kind === "series") {
      for (const [type, id] of seriesIn(payload, offset)) {
        if (this.#series.findSeries(type, id) !== undefined) {
          throw wrong(offset, "names a series twice");
        }
        this.#series.addSeries(type, id);
      }
    } else if (head.kind === "header") {
      this.header = headerIn(payload, offset);
      this.#salt = head.salt;
    } else {
      this.#isEnded = true;
    }
  }

  *#acceptRows(
    count: number,
    start: number,
    offset: number,
  ): Generator<JournalRows | undefined, void, undefined> {
    const first = start / Float64Array.BYTES_PER_ELEMENT;
    const firstNumber = 2 * (first + 3 * count);
    requireSound(
      this.#doubles.subarray(first, first + 3 * count),
      this.#numbers.subarray(firstNumber, firstNumber + count),
      this.series.length,
      offset,
    );
    for (let from = 0; from < count;) {
      const to = Math.min(count, from + BLOCK_ROWS - this.#blockRows);
      const { timestamps, durationsMs, scenarioTimesS, seriesCodes } = this
        .#block;
      const at = this.#blockRows;
      const rows = to - from;
      copy(this.#doubles, first + from, rows, timestamps, at);
      copy(this.#doubles, first + count + from, rows, durationsMs, at);
      copy(this.#doubles, first + 2 * count + from, rows, scenarioTimesS, at);
      copy(this.#numbers, firstNumber + from, rows, seriesCodes, at);
      this.#blockRows += rows;
      this.rows += rows;
      from = to;
      if (this.#blockRows === BLOCK_ROWS) yield this.#take();
    }
    yield;
  }

  #take(): JournalRows {
    const count = this.#blockRows;
    this.#blockRows = 0;
    return { block: this.#block, count };
  }

  /** From here on frames are looked for that tell whether this is damage. */
  *#tear(at: number): Generator<undefined, void, undefined> {
    this.#tornAt = this.#offset + at;
    this.#forget(at);
    yield* this.#search();
  }

  *#search(): Generator<undefined, void, undefined> {
    let at = 0;
    for (; at + HEAD_BYTES <= this.#filledBytes; at += FRAME_ALIGNMENT_BYTES) {
      const head = readHead(this.#view, at, this.#offset + at);
      const isOwn = head !== undefined &&
        (this.#salt === undefined || head.salt === this.#salt);
      if (isOwn && head.promisedBytes > this.#tornAt!) {
        throw new JournalSyntaxError(
          `the frame at byte ${this.#tornAt} is damaged: a later one, at byte ` +
            `${this.#offset + at}, says that it was whole`,
        );
      }
      if (at % SEARCHED_BYTES === 0) yield;
    }
    this.#forget(at);
  }

  /** Moves what is left of the window, from a frame on, to its start. */
  #forget(bytes: number): void {
    this.#window.copyWithin(0, bytes, this.#filledBytes);
    this.#filledBytes -= bytes;
    this.#offset += bytes;
  }

  /** Makes room for a frame whose end is still to come. */
  #makeRoom(at: number, sizeBytes: number): void {
    this.#forget(at);
    if (sizeBytes <= this.#window.length) return;
    const wider = new Uint8Array(sizeBytes);
    wider.set(this.#window.subarray(0, this.#filledBytes));
    this.#window = wider;
    this.#view = new DataView(wider.buffer);
    this.#doubles = new Float64Array(wider.buffer);
    this.#numbers = new Int32Array(wider.buffer);
  }
}

function emptyBlock(): ColumnBlock {
  return {
    timestamps: new Float64Array(BLOCK_ROWS),
    durationsMs: new Float64Array(BLOCK_ROWS),
    scenarioTimesS: new Float64Array(BLOCK_ROWS),
    seriesCodes: new Int32Array(BLOCK_ROWS),
  };
}

function copy<T extends Float64Array | Int32Array>(
  from: T,
  start: number,
  count: number,
  to: T,
  at: number,
): void {
  if (count > FEW_ROWS) {
    to.set(from.subarray(start, start + count), at);
  } else {
    for (let i = 0; i < count; i++) to[at + i] = from[start + i]!;
  }
}

/** Requires what a writer of this package has checked. */
function requireSound(
  doubles: Float64Array,
  numbers: Int32Array,
  seriesCount: number,
  offset: number,
): void {
  for (let i = 0; i < numbers.length; i++) {
    if (numbers[i]! >>> 0 >= seriesCount) {
      throw wrong(offset, "has a row of no series");
    }
  }
  for (let i = 0; i < doubles.length; i++) {
    // Nothing but 0 is left of a number that is finite.
    if (doubles[i]! - doubles[i]! !== 0) {
      throw wrong(offset, "has a number that is not finite");
    }
  }
}

function headerIn(payload: Uint8Array, offset: number): JournalHeader {
  const header = jsonIn(payload, offset) as JournalHeader | null;
  const isHeader = typeof header?.run_id === "string" &&
    (header.labels === undefined || areLabels(header.labels));
  if (!isHeader) throw wrong(offset, "does not say what run it is of");
  return header;
}

function seriesIn(
  payload: Uint8Array,
  offset: number,
): readonly (readonly [string, string])[] {
  const series = jsonIn(payload, offset);
  const isSeries = Array.isArray(series) &&
    series.every((pair) =>
      Array.isArray(pair) && pair.length === 2 &&
      pair.every((id) => typeof id === "string")
    );
  if (!isSeries) throw wrong(offset, "does not hold series");
  return series as [string, string][];
}

function jsonIn(payload: Uint8Array, offset: number): unknown {
  try {
    return JSON.parse(decoder.decode(payload));
  } catch {
    throw wrong(offset, "is not JSON");
  }
}

function wrong(offset: number, what: string): JournalSyntaxError {
  return new JournalSyntaxError(`the frame at byte ${offset} ${what}`);
}
