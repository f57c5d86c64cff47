import {
  DecimalTexts,
  TEXTS,
} from "../../../../src/formats/csv/decimal/decimal_texts.ts";

const texts = new DecimalTexts();
const ascii = new TextDecoder();

/** The texts of up to `TEXTS` values, as the column kernel writes them. */
export function spellColumn(values: readonly number[]): string[] {
  if (values.length > TEXTS) throw new RangeError("Too many values");
  texts.write(Float64Array.from(values), 0, values.length);
  return values.map((_, i) =>
    ascii.decode(
      new Uint8Array(
        texts.view.buffer,
        texts.starts[i]!,
        texts.ends[i]! - texts.starts[i]!,
      ),
    )
  );
}
