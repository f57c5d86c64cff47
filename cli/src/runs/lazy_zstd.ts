import type { CsvCodec } from "@astraguard/hil-metrics";

/** Reads runs that zstd has compressed, and is loaded by the first of them. */
export const lazyZstd: CsvCodec = {
  name: "zstd",
  extension: ".zst",
  async *compress(chunks) {
    const { zstd } = await import("@astraguard/hil-metrics/zstd");
    yield* zstd.compress(chunks);
  },
  async *decompress(chunks, options) {
    const { zstd } = await import("@astraguard/hil-metrics/zstd");
    yield* zstd.decompress(chunks, options);
  },
};
