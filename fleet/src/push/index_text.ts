/** What introduces a character that PostgreSQL cannot hold. */
const ESCAPE = "\u241b";

/** U+0000, half a surrogate pair, and what introduces them. */
const UNSTORABLE =
  /[\0\u241b]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** Two longer ones, of four bytes each, do not fit into a key. */
const MAX_LENGTH = 250;

/** What of a longer one is kept. */
const KEPT_LENGTH = 200;

/**
 * A text as PostgreSQL holds it: as it is, but for characters that it cannot.
 * {@linkcode originalText} gives it back, whatever it is; so ids of runs, of
 * which a file system bounds the length, are held like this even in keys.
 */
export function storedText(text: string): string {
  return text.replace(
    UNSTORABLE,
    (unit) => ESCAPE + unit.charCodeAt(0).toString(16).padStart(4, "0"),
  );
}

/**
 * An id of any length as PostgreSQL holds it in a key: as
 * {@linkcode storedText}, but for a length that no key may have. Different ids
 * stay different; the files themselves are kept to the byte elsewhere.
 */
export function indexText(id: string): string {
  const text = storedText(id);
  if (text.length <= MAX_LENGTH) return text;
  return text.slice(0, KEPT_LENGTH).toWellFormed() + ESCAPE + hash(text);
}

/** The text that a column holds, unless {@linkcode indexText} has cut it. */
export function originalText(text: string): string {
  return text.replace(
    /\u241b([0-9a-f]{4})/g,
    (_, code) => String.fromCharCode(parseInt(code, 16)),
  );
}

/** FNV-1a of 64 bits over UTF-16: ids of that length hardly ever occur. */
function hash(text: string): string {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++) {
    value ^= BigInt(text.charCodeAt(i));
    value = BigInt.asUintN(64, value * 0x100000001b3n);
  }
  return value.toString(16).padStart(16, "0");
}
