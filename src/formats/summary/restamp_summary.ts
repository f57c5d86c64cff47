import type { RawCsvStamp } from "../../model/metrics.ts";
import { CHECKSUM_KEY, summaryChecksum } from "./summary_checksum.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Where the stamp of the CSV stands in the form this package writes. */
const STAMP = /(\n {2}"raw_csv": )\{[^{}]*\}/;
const CHECKSUM = new RegExp(`(\\n {2}"${CHECKSUM_KEY}": ")\\w*"`);
const END = /\s*\}\s*$/;

/**
 * The bytes of a summary with another stamp of its CSV, and the checksum for
 * it; everything else, unknown keys and the spelling of numbers included, stays
 * as it is.
 *
 * @returns `undefined` where the summary has a stamp or checksum in a form of
 * its own.
 */
export function restampSummary(
  bytes: Uint8Array,
  stamp: RawCsvStamp,
): Uint8Array | undefined {
  const text = decoder.decode(bytes);
  const has = (key: string) => Object.hasOwn(JSON.parse(text), key);
  const json = JSON.stringify(stamp, null, 2).replaceAll("\n", "\n  ");
  let stamped = text.replace(STAMP, (_, key) => `${key}${json}`);
  if (!has("raw_csv")) {
    stamped = text.replace(END, `,\n  "raw_csv": ${json}\n}`);
  } else if (!STAMP.test(text)) return undefined;
  if (!has(CHECKSUM_KEY)) {
    stamped = stamped.replace(END, `,\n  "${CHECKSUM_KEY}": ""\n}`);
  } else if (!CHECKSUM.test(text)) return undefined;
  const checksum = summaryChecksum(encoder.encode(stamped), stamped);
  return encoder.encode(stamped.replace(CHECKSUM, `$1${checksum}"`));
}
