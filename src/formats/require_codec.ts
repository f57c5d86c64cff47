import { shown } from "../model/options.ts";
import type { CsvCodec } from "./csv_codec.ts";

/** Requires a codec, such as the name of one is not. */
export function requireCodec(name: string, value: CsvCodec): void {
  if (
    typeof value !== "object" || value === null ||
    typeof value.compress !== "function" ||
    typeof value.decompress !== "function" || typeof value.name !== "string"
  ) {
    throw new TypeError(
      `${name} must be a codec, such as gzip of this package: ${shown(value)}`,
    );
  }
  if (!/^\.[a-z0-9]{1,16}$/.test(value.extension)) {
    throw new RangeError(
      `The extension of a codec must be as ".zst": ${shown(value.extension)}`,
    );
  }
}
