import stringWidth from "string-width";

/** Columns that a text takes in a terminal: a wide character takes two. */
export function textWidth(text: string): number {
  return isPlain(text) ? text.length : stringWidth(text);
}

/** A text in at most so many columns, its start and end kept. */
export function shortened(text: string, width: number): string {
  if (textWidth(text) <= width) return text;
  const pieces = [...new Intl.Segmenter().segment(text)].map((it) =>
    it.segment
  );
  const room = Math.max(0, width - 1);
  const start = take(pieces, Math.ceil(room / 2));
  const left = room - textWidth(start);
  const end = take(pieces.toReversed(), left, true);
  return `${start}…${end}`;
}

/** A text filled up with spaces to so many columns. */
export function padded(
  text: string,
  width: number,
  align: "left" | "right",
): string {
  const spaces = " ".repeat(Math.max(0, width - textWidth(text)));
  return align === "left" ? text + spaces : spaces + text;
}

function take(pieces: string[], width: number, isReversed = false): string {
  let taken = 0;
  const kept: string[] = [];
  for (const piece of pieces) {
    taken += textWidth(piece);
    if (taken > width) break;
    kept.push(piece);
  }
  return (isReversed ? kept.reverse() : kept).join("");
}

function isPlain(text: string): boolean {
  return /^[\x20-\x7e–…]*$/.test(text);
}
