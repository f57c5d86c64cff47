/**
 * A compressed file that is damaged, or can't be read safely. The message names
 * the byte and the reason.
 *
 * @example A file that was cut off
 * ```ts
 * import { CompressedDataError, zstd } from "@astraguard/hil-metrics/zstd";
 * import { assertEquals, assertRejects } from "@std/assert";
 *
 * const [file] = await Array.fromAsync(zstd.compress([new Uint8Array(9)]));
 * const chunks = zstd.decompress([file!.subarray(0, 12)]);
 * const error = await assertRejects(
 *   () => Array.fromAsync(chunks),
 *   CompressedDataError,
 *   "Byte 12: the file ends within a zstd frame",
 * );
 * assertEquals(error.offset, 12);
 * ```
 */
export class CompressedDataError extends Error {
  /** Always `"CompressedDataError"`. */
  override readonly name = "CompressedDataError";
  /** Where in the compressed file it is wrong, in bytes from its start. */
  readonly offset: number;

  /** Makes an error; callers only ever catch one. */
  constructor(reason: string, offset: number, options?: ErrorOptions) {
    super(`Byte ${offset}: ${reason}`, options);
    this.offset = offset;
  }
}
