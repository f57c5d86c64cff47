/**
 * Bytes of a file in their order. One without bytes is a point where others
 * may run.
 */
export type ByteChunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

/** Options of {@linkcode CsvCodec.decompress}. */
export interface DecompressOptions {
  /**
   * How many bytes may come out: what the run's summary says of its CSV, where
   * that is known. A few kilobytes can stand for gigabytes.
   *
   * @default {4294967296}
   */
  readonly maxBytes?: number;
}

/**
 * A way to compress the CSV of a run. gzip is built in; zstd is handed in, from
 * `@astraguard/hil-metrics/zstd`, and so is any other.
 *
 * @example A codec that only counts
 * ```ts
 * import type { CsvCodec } from "@astraguard/hil-metrics/zstd";
 * import { assertEquals } from "@std/assert";
 *
 * let countBytes = 0;
 * const counted: CsvCodec = {
 *   name: "counted",
 *   extension: ".counted",
 *   async *compress(chunks) {
 *     for await (const chunk of chunks) {
 *       countBytes += chunk.length;
 *       yield chunk;
 *     }
 *   },
 *   async *decompress(chunks) {
 *     yield* chunks;
 *   },
 * };
 *
 * await Array.fromAsync(counted.compress([new Uint8Array(5)]));
 * assertEquals(countBytes, 5);
 * ```
 */
export interface CsvCodec {
  /** What it is called in options and messages, as `zstd`. */
  readonly name: string;
  /** What its files have at the end of their names, as `.zst`. */
  readonly extension: `.${string}`;
  /**
   * The bytes of a compressed file with all that the chunks hold. It lets
   * others run at least every few milliseconds of its work.
   *
   * @param chunks Each stays as it is until the second one with bytes after it
   * is asked for.
   * @returns Chunks that stay as they are for as long.
   */
  compress(chunks: ByteChunks): AsyncIterable<Uint8Array>;
  /**
   * The bytes that a compressed file holds, in chunks of up to 128 KiB or so.
   * It lets others run as `compress` does. A file that was cut off between two
   * parts that are whole in themselves is whole, too: how much should come out
   * only the run's summary says.
   *
   * @param chunks The file, cut anywhere. Each stays as it is until the next
   * one is asked for.
   * @returns Chunks that stay as they are until the next one is asked for.
   * @throws {CompressedDataError} Where the file is damaged, ends too early, goes
   * on after its end, holds more than it may, or is of a kind that can't be
   * read safely; what came out before is not to be used then.
   */
  decompress(
    chunks: ByteChunks,
    options?: DecompressOptions,
  ): AsyncIterable<Uint8Array>;
}

/** What `maxBytes` is by default: some 60 million measurements. */
export const DEFAULT_MAX_BYTES: number = 2 ** 32;
