import type { ByteChunks } from "./csv_codec.ts";

/** Reads bytes that arrive in chunks, and looks at some before it takes them. */
export class ByteReader implements AsyncDisposable {
  readonly #chunks: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  #buffer = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #isAtEnd = false;
  #offset = 0;

  /** Asks for chunks only where bytes are. */
  constructor(chunks: ByteChunks) {
    this.#chunks = Symbol.asyncIterator in chunks
      ? chunks[Symbol.asyncIterator]()
      : chunks[Symbol.iterator]();
  }

  /** How many bytes have been taken. */
  get offset(): number {
    return this.#offset;
  }

  /**
   * The next bytes, valid until the next call: as many as asked for, or fewer
   * where the file ends.
   */
  async peek(count: number): Promise<Uint8Array<ArrayBuffer>> {
    while (this.#end - this.#start < count && !this.#isAtEnd) {
      const { done, value } = await this.#chunks.next();
      if (done) this.#isAtEnd = true;
      else this.#append(value);
    }
    const end = Math.min(this.#end, this.#start + count);
    return this.#buffer.subarray(this.#start, end);
  }

  /** Takes bytes that have been looked at. */
  take(count: number): void {
    this.#start += count;
    this.#offset += count;
  }

  /** Lets go of the chunks. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#isAtEnd) await this.#chunks.return?.();
  }

  #append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#buffer.length) {
      const kept = this.#buffer.subarray(this.#start, this.#end);
      const needed = kept.length + chunk.length;
      // With room for as much again, small chunks don't move all the others.
      if (2 * needed > this.#buffer.length) {
        this.#buffer = new Uint8Array(2 * needed);
      }
      this.#buffer.set(kept);
      this.#start = 0;
      this.#end = kept.length;
    }
    this.#buffer.set(chunk, this.#end);
    this.#end += chunk.length;
  }
}
