import { alongside } from "../event_loop/alongside.ts";

/**
 * A `CompressionStream` or the like, driven from one place: bytes are written,
 * and what they gave is there when that is done.
 *
 * A transform puts its output where a read waits for it before its write
 * resolves, and there is always one that waits.
 */
export class ByteTransform implements AsyncDisposable {
  readonly #writer: WritableStreamDefaultWriter<BufferSource>;
  readonly #reading: Promise<void>;
  #outputs: Uint8Array<ArrayBuffer>[] = [];
  #outputBytes = 0;

  /** Takes over a stream that nobody has read or written. */
  constructor({ readable, writable }: CompressionStream | DecompressionStream) {
    this.#writer = writable.getWriter();
    alongside(this.#writer.closed);
    this.#reading = alongside(this.#readAll(readable.getReader()));
  }

  /** How many bytes have come out and were not taken. */
  get outputBytes(): number {
    return this.#outputBytes;
  }

  /** Has bytes transformed, which may change when that is done. */
  async write(bytes: Uint8Array): Promise<void> {
    await this.#writer.write(bytes as Uint8Array<ArrayBuffer>);
  }

  /** Ends the input and waits for the last of the output. */
  async finish(): Promise<void> {
    await this.#writer.close();
    await this.#reading;
  }

  /** What has come out since the last call. */
  takeOutputs(): Uint8Array<ArrayBuffer>[] {
    const outputs = this.#outputs;
    this.#outputs = [];
    this.#outputBytes = 0;
    return outputs;
  }

  /** Ends the work, wherever it is. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.abort().catch(() => {});
    await this.#reading.catch(() => {});
  }

  async #readAll(
    reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>,
  ): Promise<void> {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      this.#outputs.push(value);
      this.#outputBytes += value.length;
    }
  }
}
