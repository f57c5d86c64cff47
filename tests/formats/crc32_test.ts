import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Crc32 } from "../../src/formats/crc32.ts";

function crcOf(chunks: Iterable<Uint8Array>): number {
  const crc = new Crc32();
  for (const chunk of chunks) crc.update(chunk);
  return crc.digest();
}

/** Bit by bit, as the definition says. */
function naiveCrc32(bytes: Uint8Array): number {
  let state = 0xffffffff;
  for (const byte of bytes) {
    state ^= byte;
    for (let bit = 0; bit < 8; bit++) {
      state = state & 1 ? state >>> 1 ^ 0xedb88320 : state >>> 1;
    }
  }
  return ~state >>> 0;
}

Deno.test("Crc32 agrees with Python's zlib.crc32()", () => {
  const encoder = new TextEncoder();
  const vectors: [Uint8Array, number][] = [
    [encoder.encode(""), 0],
    [encoder.encode("a"), 0xe8b7be43],
    [encoder.encode("123456789"), 0xcbf43926],
    [encoder.encode("The quick brown fox jumps over the lazy dog"), 0x414fa339],
    [new Uint8Array(100_000), 0xd411957d],
    [new Uint8Array(32).fill(0xff), 0xff6cab0b],
    [Uint8Array.from({ length: 1000 }, (_, i) => i), 0x74e3fb41],
  ];
  for (const [bytes, crc] of vectors) assertEquals(crcOf([bytes]), crc);
});

Deno.test("Crc32 gives one checksum however the bytes are cut", () => {
  fc.assert(fc.property(
    fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 8 }),
    (chunks) => {
      const bytes = Uint8Array.from(chunks.flatMap((it) => [...it]));
      assertEquals(crcOf(chunks), naiveCrc32(bytes));
    },
  ));
});

Deno.test("Crc32.reset() forgets the bytes so far", () => {
  const crc = new Crc32();
  crc.update(Uint8Array.of(1, 2, 3));
  crc.reset();
  assertEquals(crc.digest(), 0);
});
