import type { ColumnBlock, Series } from "../../columns/measurement_columns.ts";
import { TooLarge } from "../../model/too_large.ts";
import { xxh32Word } from "../xxh32.ts";
import {
  frameBytes,
  type FrameHead,
  HEAD_BYTES,
  type JournalHeader,
  MAX_FRAME_ROWS,
  MAX_PAYLOAD_BYTES,
  ROW_BYTES,
  writeHead,
} from "./frame.ts";

/** Bytes of frames that are written at a time, unless one has more. */
const BUFFER_BYTES = 4 * frameBytes(MAX_FRAME_ROWS * ROW_BYTES);

/** Up to so many rows, a loop copies faster than the runtime does. */
const FEW_ROWS = 16;

const encoder = new TextEncoder();

/**
 * Makes the frames of a journal, in a buffer that is to be written whenever
 * there is no room for the next.
 */
export class JournalEncoder {
  readonly #salt: number;
  #buffer = new ArrayBuffer(BUFFER_BYTES);
  #view = new DataView(this.#buffer);
  #doubles = new Float64Array(this.#buffer);
  #integers = new Int32Array(this.#buffer);
  #filledBytes = 0;
  #startOffset = 0;
  #promisedBytes = 0;

  /** Makes an encoder; `salt` is any whole number below 2^32. */
  constructor(salt: number) {
    this.#salt = salt;
  }

  /** The frames that were added, until more are. */
  get frames(): Uint8Array<ArrayBuffer> {
    return new Uint8Array(this.#buffer, 0, this.#filledBytes);
  }

  /** Where in the journal the next frame goes. */
  get offset(): number {
    return this.#startOffset + this.#filledBytes;
  }

  /** Forgets the frames; the next one goes to this place in the journal. */
  startAt(offset: number, promisedBytes: number): void {
    this.#startOffset = offset;
    this.#filledBytes = 0;
    this.#promisedBytes = promisedBytes;
  }

  /** Adds the first frame. */
  addHeader(header: JournalHeader): void {
    this.#addJson("header", 1, header);
  }

  /** Whether there is room for a frame of rows. */
  hasRoomFor(rows: number): boolean {
    const room = this.#buffer.byteLength - this.#filledBytes;
    return frameBytes(rows * ROW_BYTES) <= room;
  }

  /**
   * Adds a series, which gets the next number. One frame each: they are rare.
   *
   * @throws {TooLarge} Its ids are longer than is read back.
   */
  addSeries({ metricType, satelliteId }: Series): void {
    this.#addJson("series", 1, [[metricType, satelliteId]]);
  }

  /**
   * Adds a frame of rows for which there is room.
   *
   * @param numbers The number of each series in the journal, by its code.
   */
  addRows(
    block: ColumnBlock,
    from: number,
    rows: number,
    numbers: Int32Array,
  ): void {
    const start = this.#filledBytes + HEAD_BYTES;
    const doubles = start / Float64Array.BYTES_PER_ELEMENT;
    const columns = [block.timestamps, block.durationsMs, block.scenarioTimesS];
    for (const [index, column] of columns.entries()) {
      const to = doubles + index * rows;
      if (rows > FEW_ROWS) {
        this.#doubles.set(column.subarray(from, from + rows), to);
      } else {
        for (let row = 0; row < rows; row++) {
          this.#doubles[to + row] = column[from + row]!;
        }
      }
    }
    const { seriesCodes } = block;
    const to = 2 * (doubles + 3 * rows);
    for (let row = 0; row < rows; row++) {
      this.#integers[to + row] = numbers[seriesCodes[from + row]!]!;
    }
    this.#finish("rows", rows, rows * ROW_BYTES);
  }

  /** Adds the last frame. */
  addEnd(): void {
    this.#makeRoom(frameBytes(0));
    this.#finish("end", 0, 0);
  }

  #addJson(kind: FrameHead["kind"], count: number, value: unknown): void {
    const payload = encoder.encode(JSON.stringify(value));
    if (payload.length > MAX_PAYLOAD_BYTES) {
      throw new TooLarge(`ids of ${payload.length} bytes are too long`);
    }
    this.#makeRoom(frameBytes(payload.length));
    const at = this.#filledBytes + HEAD_BYTES;
    new Uint8Array(this.#buffer).set(payload, at);
    this.#finish(kind, count, payload.length);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#filledBytes + bytes;
    if (needed <= this.#buffer.byteLength) return;
    const filled = this.frames;
    this.#buffer = new ArrayBuffer(
      frameBytes(Math.max(needed, 2 * this.#buffer.byteLength)),
    );
    this.#view = new DataView(this.#buffer);
    this.#doubles = new Float64Array(this.#buffer);
    this.#integers = new Int32Array(this.#buffer);
    new Uint8Array(this.#buffer).set(filled);
  }

  /** Pads the payload that stands after the head, and writes that. */
  #finish(kind: FrameHead["kind"], count: number, payloadBytes: number): void {
    const at = this.#filledBytes;
    const start = at + HEAD_BYTES;
    const end = at + frameBytes(payloadBytes);
    for (let pad = start + payloadBytes; pad < end; pad++) {
      this.#view.setUint8(pad, 0);
    }
    const payload = new Uint8Array(this.#buffer, start, payloadBytes);
    writeHead(this.#view, at, this.offset, {
      kind,
      count,
      payloadBytes,
      salt: this.#salt,
      promisedBytes: this.#promisedBytes,
      payloadXxh32: xxh32Word(payload),
    });
    this.#filledBytes = end;
  }
}
