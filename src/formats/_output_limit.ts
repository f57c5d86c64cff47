import { CompressedDataError } from "./compressed_data_error.ts";

/** How much may come out of a compressed file, and how much has. */
export class OutputLimit {
  readonly #maxBytes: number;
  #givenBytes = 0;

  /** Allows so many bytes. */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counts bytes that are given out. */
  give(bytes: number): void {
    this.#givenBytes += bytes;
  }

  /** Requires that so many more may come of what stands at the offset. */
  require(bytes: number, offset: number): void {
    if (this.#givenBytes + bytes <= this.#maxBytes) return;
    throw new CompressedDataError(
      `more than ${this.#maxBytes} bytes would come out`,
      offset,
    );
  }
}
