/** A compressed file that is damaged, or can't be read safely. */
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
