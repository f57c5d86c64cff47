/**
 * What is not seen, turns text around, or may stand in no document: controls,
 * halves of surrogate pairs, line and paragraph separators, marks and overrides
 * of direction, spaces of no width. Joiners stay, since emoji are made of them.
 */
const UNSEEN =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061C\u200B\u200E\u200F\u202A-\u202E\u2060-\u206F\uFEFF\uFFFE\uFFFF]/gu;

/** Text from data with what is not seen spelled out, as `\u{202e}`. */
export function visible(text: string): string {
  return text.replace(
    UNSEEN,
    (it) => `\\u{${it.codePointAt(0)!.toString(16)}}`,
  );
}

/** The same, cut to a length in characters, of which the last tells. */
export function visibleUpTo(length: number, text: string): string {
  // A character has two units at most, so that no text is taken apart in vain.
  const shown = visible(text.slice(0, 2 * length + 2));
  const characters = [...shown];
  return characters.length <= length && text.length <= 2 * length
    ? shown
    : `${characters.slice(0, length - 1).join("")}…`;
}
