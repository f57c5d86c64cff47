/** Columns that a text takes in a terminal. */
export type WidthOf = (text: string) => number;

/**
 * What measures these texts: a wide character takes two columns, a composed one
 * as much as what it shows. Only where there are any is that loaded.
 */
export async function widthFor(texts: readonly string[]): Promise<WidthOf> {
  if (texts.every(isPlain)) return ({ length }) => length;
  const { default: stringWidth } = await import("string-width");
  return (text) => isPlain(text) ? text.length : stringWidth(text);
}

/** A text in at most so many columns, its start and end kept. */
export function shortened(
  text: string,
  width: number,
  widthOf: WidthOf,
): string {
  if (widthOf(text) <= width) return text;
  const pieces = [...new Intl.Segmenter().segment(text)]
    .map(({ segment }) => segment);
  const room = Math.max(0, width - 1);
  const start = take(pieces, Math.ceil(room / 2), widthOf).join("");
  const left = room - widthOf(start);
  const end = take(pieces.toReversed(), left, widthOf).toReversed().join("");
  return `${start}…${end}`;
}

/** A text filled up with spaces to so many columns. */
export function padded(
  text: string,
  width: number,
  align: "left" | "right",
  widthOf: WidthOf,
): string {
  const spaces = " ".repeat(Math.max(0, width - widthOf(text)));
  return align === "left" ? text + spaces : spaces + text;
}

function take(
  pieces: readonly string[],
  width: number,
  widthOf: WidthOf,
): string[] {
  let taken = 0;
  const end = pieces.findIndex((it) => (taken += widthOf(it)) > width);
  return pieces.slice(0, end === -1 ? pieces.length : end);
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e–−…]*$/.test(text);
}
