import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { Xxh32 } from "../../src/formats/xxh32.ts";
import { runAtOnce } from "../../src/event_loop/sliced.ts";
import { naiveXxh32 } from "./_naive_xxh32.ts";

function digestOf(chunks: Iterable<Uint8Array>): string {
  const hash = new Xxh32();
  for (const chunk of chunks) runAtOnce(hash.update(chunk));
  return hash.digest();
}

function pattern(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 24);
}

Deno.test("Xxh32 agrees with xxhsum 0.8.1", () => {
  const encoder = new TextEncoder();
  const vectors: [Uint8Array, string][] = [
    [encoder.encode(""), "02cc5d05"],
    [encoder.encode("a"), "550d7456"],
    [encoder.encode("abc"), "32d153ff"],
    [encoder.encode("Nobody inspects the spammish repetition"), "e2293b2f"],
    [new Uint8Array(100_000), "c9ce39d3"],
    [pattern(15), "aa5d3fea"],
    [pattern(16), "4995d5c5"],
    [pattern(17), "7d7a2c93"],
    [pattern(31), "9ac4b41b"],
    [pattern(4095), "bbf6c6e5"],
    [pattern(4096), "b1360df6"],
    [pattern(4097), "3ae36f5d"],
    [pattern(5000), "3527f1bc"],
  ];
  for (const [bytes, digest] of vectors) {
    assertEquals(digestOf([bytes]), digest);
  }
});

Deno.test("Xxh32 gives one digest however the bytes are cut and aligned", () => {
  fc.assert(fc.property(
    fc.integer({ min: 0, max: 20_000 }),
    fc.integer({ min: 0, max: 15 }),
    fc.array(fc.oneof(
      fc.integer({ min: 0, max: 40 }),
      fc.integer({ min: 0, max: 6000 }),
    )),
    (length, offset, sizes) => {
      const bytes = pattern(offset + length).subarray(offset);
      const chunks: Uint8Array[] = [];
      let rest = bytes;
      for (const size of sizes) {
        chunks.push(rest.subarray(0, size));
        rest = rest.subarray(size);
      }
      chunks.push(rest);
      assertEquals(digestOf(chunks), naiveXxh32(bytes));
    },
  ));
});

Deno.test("Xxh32.digest() leaves the hash ready for more bytes", () => {
  const bytes = pattern(300);
  const hash = new Xxh32();
  for (let length = 0; length < bytes.length; length++) {
    assertEquals(hash.digest(), naiveXxh32(bytes.subarray(0, length)));
    runAtOnce(hash.update(bytes.subarray(length, length + 1)));
  }
});

Deno.test("Xxh32.update() does not hold on to the bytes", () => {
  const bytes = pattern(37);
  const wanted = naiveXxh32(bytes);
  const hash = new Xxh32();
  runAtOnce(hash.update(bytes));
  bytes.fill(0);
  assertEquals(hash.digest(), wanted);
});

Deno.test("Xxh32.update() yields once in 16 KiB", () => {
  for (
    const [sizeBytes, slices] of [[0, 0], [1, 1], [16_384, 1], [16_385, 2], [
      100_000,
      7,
    ]] as const
  ) {
    const work = new Xxh32().update(new Uint8Array(sizeBytes));
    assertEquals([...work].length, slices);
  }
});
