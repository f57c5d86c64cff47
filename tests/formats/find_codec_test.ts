import { assertEquals } from "@std/assert";
import {
  COMPRESSED_EXTENSIONS,
  findCodec,
} from "../../src/formats/find_codec.ts";
import { gzip } from "../../src/formats/gzip.ts";
import { zstd } from "../../src/formats/zstd.ts";

Deno.test("findCodec() knows gzip, what was handed in, and what could be", () => {
  const other = { ...gzip, name: "other" };
  const table = [
    [".gz", [], { kind: "found", codec: gzip }],
    [".gz", [zstd], { kind: "found", codec: gzip }],
    [".gz", [other, gzip], { kind: "found", codec: other }],
    [".zst", [zstd], { kind: "found", codec: zstd }],
    [".zst", [], {
      kind: "missing",
      name: "zstd",
      from: "@astraguard/hil-metrics/zstd",
    }],
    [".xz", [zstd], { kind: "unknown" }],
  ] as const;
  for (const [extension, codecs, wanted] of table) {
    assertEquals(findCodec(extension, codecs), wanted);
  }
});

Deno.test("COMPRESSED_EXTENSIONS has those of the package's codecs", () => {
  assertEquals(COMPRESSED_EXTENSIONS, [gzip.extension, zstd.extension]);
});
