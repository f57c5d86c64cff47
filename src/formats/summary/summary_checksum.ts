import { xxh32 } from "../xxh32.ts";

/** The last key of a summary that this package writes. */
export const CHECKSUM_KEY = "summary_xxh32";

/** Where that key starts: no text within JSON holds a line feed. */
const START = `\n  "${CHECKSUM_KEY}": "`;
const START_BYTES = new TextEncoder().encode(START);

/** What stands before the key on its line, which is covered, too. */
const INDENT_BYTES = 3;

const CR = 0x0d;
const LF = 0x0a;

/**
 * The checksum of the bytes of a summary before its key, with line ends as LF;
 * `undefined` where the key is not where this package writes it.
 *
 * @param text The same bytes as text.
 */
export function summaryChecksum(
  bytes: Uint8Array,
  text: string,
): string | undefined {
  // What this package writes is ASCII, where both have the same places.
  const start = text.length === bytes.length
    ? text.lastIndexOf(START)
    : lastIndexOf(bytes, START_BYTES);
  if (start === -1) return undefined;
  return xxh32(withLineFeeds(bytes.subarray(0, start + INDENT_BYTES)));
}

/**
 * The keys that stand after the checksum, which it does not cover.
 *
 * @param text A summary with a checksum where this package writes it.
 */
export function keysAfterChecksum(text: string): string[] {
  const rest = text.slice(text.lastIndexOf(START) + START.length);
  const after = rest.slice(rest.indexOf('"') + 1).trim();
  return after === "}" ? [] : Object.keys(JSON.parse(`{${after.slice(1)}`));
}

function lastIndexOf(bytes: Uint8Array, wanted: Uint8Array): number {
  for (let at = bytes.length - wanted.length; at >= 0; at--) {
    let same = 0;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++;
    if (same === wanted.length) return at;
  }
  return -1;
}

function withLineFeeds(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(CR)) return bytes;
  return bytes.filter((byte, at) => byte !== CR || bytes[at + 1] !== LF);
}
