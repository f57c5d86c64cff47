import { DamagedSketchError } from "./damaged_sketch_error.ts";

/** Bytes of 2^53 - 1 as a variable-length integer. */
const MAX_VARINT_BYTES = 8;

/** Appends numbers to bytes that grow. */
export class ByteWriter {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  /** The next four bytes, little-endian. */
  uint32(value: number): void {
    this.#reserve(4);
    this.#view.setUint32(this.#length, value, true);
    this.#length += 4;
  }

  /** The next eight bytes, little-endian. */
  float64(value: number): void {
    this.#reserve(8);
    this.#view.setFloat64(this.#length, value, true);
    this.#length += 8;
  }

  /** An integer from 0 to 2^53 - 1: seven bits a byte, the least significant first. */
  varint(value: number): void {
    this.#reserve(MAX_VARINT_BYTES);
    while (value > 0x7f) {
      this.#bytes[this.#length++] = value % 128 | 0x80;
      value = Math.floor(value / 128);
    }
    this.#bytes[this.#length++] = value;
  }

  /** What has been written. */
  bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  #reserve(bytes: number): void {
    if (this.#length + bytes <= this.#bytes.length) return;
    const larger = new Uint8Array(2 * this.#bytes.length);
    larger.set(this.#bytes);
    this.#bytes = larger;
    this.#view = new DataView(larger.buffer);
  }
}

/** Takes numbers from bytes, and refuses what {@linkcode ByteWriter} does not write. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  }

  /** How many bytes have been taken. */
  get offset(): number {
    return this.#at;
  }

  /** How many are left. */
  get left(): number {
    return this.#bytes.length - this.#at;
  }

  uint32(): number {
    this.#require(4);
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  float64(): number {
    this.#require(8);
    this.#at += 8;
    return this.#view.getFloat64(this.#at - 8, true);
  }

  varint(): number {
    const byte = this.#bytes[this.#at];
    if (byte === undefined || byte >= 0x80) return this.#longVarint();
    this.#at++;
    return byte;
  }

  #longVarint(): number {
    const from = this.#at;
    let value = 0;
    for (let scale = 1;; scale *= 128) {
      this.#require(1);
      const byte = this.#bytes[this.#at++]!;
      value += (byte & 0x7f) * scale;
      if (this.#at - from > MAX_VARINT_BYTES || value >= 2 ** 53) {
        throw new DamagedSketchError("an integer is too large", from);
      }
      if (byte >= 0x80) continue;
      if (byte === 0) {
        throw new DamagedSketchError("an integer has leading zeros", from);
      }
      return value;
    }
  }

  #require(bytes: number): void {
    if (this.left >= bytes) return;
    throw new DamagedSketchError("it ends too early", this.#bytes.length);
  }
}
