/** There is no data, or it cannot be used; the message says which and why. */
export class DataError extends Error {
  override readonly name = "DataError";
}
