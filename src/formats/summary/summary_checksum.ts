import { xxh32 } from "../xxh32.ts";

/** The last key of a summary that this package writes. */
export const CHECKSUM_KEY = "summary_xxh32";

/** Where that key starts: no text within JSON holds a line feed. */
const START = new TextEncoder().encode(`\n  "${CHECKSUM_KEY}": "`);

/** What stands before the key on its line, which is covered, too. */
const INDENT_BYTES = 3;

const CR = 0x0d;
const LF = 0x0a;

/**
 * The checksum of the bytes of a summary before its key, with line ends as LF;
 * `undefined` where the key is not where this package writes it.
 */
export function summaryChecksum(bytes: Uint8Array): string | undefined {
  const start = lastIndexOf(bytes, START);
  if (start === -1) return undefined;
  return xxh32(withLineFeeds(bytes.subarray(0, start + INDENT_BYTES)));
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
