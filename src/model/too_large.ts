/** Something that would be larger than can be read back. */
export class TooLarge extends RangeError {
  /** Always `"TooLarge"`. */
  override readonly name = "TooLarge";
}
