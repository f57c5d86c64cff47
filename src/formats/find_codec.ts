import type { CsvCodec } from "./csv_codec.ts";
import { gzip } from "./gzip.ts";

/** What reads a file with a certain extension. */
export type CodecSearch =
  | { readonly kind: "found"; readonly codec: CsvCodec }
  /** It is one of this package that was not handed in. */
  | {
    readonly kind: "missing";
    /** As an import names it: `zstd`. */
    readonly name: string;
    /** What it is imported from. */
    readonly from: string;
  }
  | { readonly kind: "unknown" };

/** The codecs that are handed in, by extension. */
const EXTRA_CODECS = [{
  extension: ".zst",
  name: "zstd",
  from: "@astraguard/hil-metrics/zstd",
}] as const;

/** The extensions of all codecs that this package has. */
export const COMPRESSED_EXTENSIONS: readonly string[] = [
  gzip.extension,
  ...EXTRA_CODECS.map(({ extension }) => extension),
];

/**
 * Finds what reads files with this extension (`.gz`): the first of the codecs
 * that were handed in, or gzip.
 */
export function findCodec(
  extension: string,
  codecs: readonly CsvCodec[],
): CodecSearch {
  const codec = [...codecs, gzip].find((it) => it.extension === extension);
  if (codec !== undefined) return { kind: "found", codec };
  const extra = EXTRA_CODECS.find((it) => it.extension === extension);
  if (extra === undefined) return { kind: "unknown" };
  return { kind: "missing", name: extra.name, from: extra.from };
}
