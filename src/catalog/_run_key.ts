/** Sorts after every character; in a key it says that another one follows. */
const LAST = "\u{10ffff}";

/** Characters that UTF-8 sorts before those beyond U+FFFF, and UTF-16 after. */
const SORTED_OTHERWISE = /[\ue000-\uffff]|\u{10ffff}/gu;

/**
 * A run id as it is kept: SQLite compares bytes of UTF-8, and a listing UTF-16
 * code units, so that what these sort differently is marked. Nearly every id is
 * its own key.
 */
export function keyOf(runId: string): string {
  return runId.replace(
    SORTED_OTHERWISE,
    (it) => LAST + (it === LAST ? "\u0001" : it),
  );
}

/** The run id of a key. */
export function runIdOf(key: string): string {
  if (!key.includes(LAST)) return key;
  return key.replace(
    /\u{10ffff}(.)/gu,
    (_, it: string) => it === "\u0001" ? LAST : it,
  );
}

/** After every key of an id with this prefix, and before all that follow. */
export function endOfPrefix(prefix: string): string {
  return keyOf(prefix) + LAST + LAST;
}

/**
 * A text that SQLite gives back as it was: it takes no lone surrogate, and may
 * end at a NUL.
 */
export function plainText(text: string): string {
  if (text.isWellFormed() && !/[\0\\]/.test(text)) return text;
  return text.replace(
    /[\0\\]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g,
    (it) => `\\${it.charCodeAt(0).toString(16)};`,
  );
}
