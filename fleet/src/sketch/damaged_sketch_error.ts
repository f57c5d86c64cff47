/**
 * Bytes that are no sketch, or are one no longer. The message names the byte
 * and the reason.
 *
 * @example A bit that was flipped
 * ```ts
 * import { DamagedSketchError, DDSketch } from "@astraguard/hil-metrics-fleet";
 * import { assertThrows } from "@std/assert";
 *
 * const bytes = DDSketch.of([1, 2, 3]).encode();
 * bytes[20]! ^= 1;
 * assertThrows(() => DDSketch.decode(bytes), DamagedSketchError, "checksum");
 * ```
 */
export class DamagedSketchError extends Error {
  /** Always `"DamagedSketchError"`. */
  override readonly name = "DamagedSketchError";
  /** Where it is wrong, in bytes from the start of the sketch. */
  readonly offset: number;

  /** Makes an error; callers only ever catch one. */
  constructor(reason: string, offset: number) {
    super(`Byte ${offset} of a sketch: ${reason}`);
    this.offset = offset;
  }
}
