import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import fc from "fast-check";
import { CompressedDataError } from "../../src/formats/compressed_data_error.ts";
import type { CsvCodec } from "../../src/formats/csv_codec.ts";
import { gzip } from "../../src/formats/gzip.ts";
import { zstd } from "../../src/formats/zstd.ts";
import {
  assertRefused,
  compressed,
  cut,
  joined,
  randomCsv,
  readOrRefusal,
  repetitiveCsv,
} from "./_compressed.ts";

/** Flips of random bits, besides all of a small file. */
const FLIPS = 1000;

function flipped(file: Uint8Array, bit: number): Uint8Array {
  const copy = file.slice();
  copy[bit >>> 3]! ^= 1 << (bit & 7);
  return copy;
}

/** That a file with this bit flipped is refused, or read as if it were not. */
async function assertHarmless(
  codec: CsvCodec,
  file: Uint8Array,
  bit: number,
  content: Uint8Array,
): Promise<void> {
  const found = await readOrRefusal(codec, flipped(file, bit));
  if (typeof found !== "string") assertEquals(found, content, `bit ${bit}`);
}

for (const codec of [gzip, zstd]) {
  const test = (fact: string, run: () => Promise<void>) =>
    Deno.test(`${codec.name}: ${fact}`, run);

  test("what is compressed comes back, however both are cut", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.oneof(
            fc.uint8Array({ maxLength: 300 }),
            fc.integer({ max: 9000, min: 0 }).map((rows) => randomCsv(rows)),
          ),
          { maxLength: 6 },
        ),
        fc.array(fc.integer({ min: 1, max: 100_000 }), {
          minLength: 1,
          maxLength: 3,
        }),
        async (chunks, sizes) => {
          const content = await joined(chunks);
          const file = await joined(codec.compress(chunks));
          const maxBytes = content.length;
          const found = codec.decompress(cut(file, ...sizes), { maxBytes });
          assertEquals(await joined(found), content);
        },
      ),
      { numRuns: 50 },
    );
  });

  test("a file is read byte by byte", async () => {
    const content = repetitiveCsv(300);
    const file = await compressed(codec, content);
    assertEquals(await joined(codec.decompress(cut(file, 1))), content);
  });

  test("chunks may be asynchronous, and some without bytes", async () => {
    const content = randomCsv(10_000);
    async function* chunks() {
      for (const chunk of cut(content, 10_000, 0, 50_000)) {
        await undefined;
        yield chunk;
      }
    }
    const file = await joined(codec.compress(chunks()));
    const found = codec.decompress(cut(file, 0, 20_000));
    assertEquals(await joined(found), content);
  });

  test("memory of a chunk may be used again as its contract says", async () => {
    const content = randomCsv(30_000);
    // Compressing, when the second chunk with bytes after it is asked for.
    function* twoBuffers() {
      const buffers = [new Uint8Array(70_000), new Uint8Array(70_000)];
      for (const chunk of cut(content, 70_000)) {
        const [buffer] = buffers.reverse();
        buffer!.fill(0xff);
        buffer!.set(chunk);
        yield buffer!.subarray(0, chunk.length);
        yield new Uint8Array(0);
      }
    }
    const file = await joined(codec.compress(twoBuffers()));
    // Decompressing, when the next is.
    function* oneBuffer() {
      const buffer = new Uint8Array(10_000);
      for (const chunk of cut(file, buffer.length)) {
        buffer.fill(0xff);
        buffer.set(chunk);
        yield buffer.subarray(0, chunk.length);
      }
    }
    const found = [];
    for await (const chunk of codec.decompress(oneBuffer())) found.push(chunk);
    assertEquals(await joined(found), content);
  });

  test("chunks that come out are not larger than 128 KiB", async () => {
    const zeros = new Uint8Array(5_000_000);
    const chunks = codec.decompress([await compressed(codec, zeros)]);
    let sizeBytes = 0;
    for await (const chunk of chunks) {
      assert(chunk.length <= 128 * 1024);
      sizeBytes += chunk.length;
    }
    assertEquals(sizeBytes, zeros.length);
  });

  test("files one behind the other are read as one", async () => {
    const file = await compressed(codec, repetitiveCsv(10));
    const twice = codec.decompress([file, file]);
    const row = repetitiveCsv(10);
    assertEquals(await joined(twice), await joined([row, row]));
  });

  test("every file that is cut off is refused", async () => {
    for (const content of [repetitiveCsv(30), new Uint8Array(0)]) {
      const file = await compressed(codec, content);
      for (let length = 0; length < file.length; length++) {
        await assertRefused(
          codec,
          file.subarray(0, length),
          new RegExp(`^Byte ${length}: the file ends within a`),
        );
      }
    }
  });

  test("whatever stands behind the end is refused", async () => {
    const file = await compressed(codec, repetitiveCsv(30));
    const tails = [[0], [10], [0x1f, 0x8b], [0x28, 0xb5, 0x2f], [
      1,
      2,
      3,
      4,
      5,
    ]];
    for (const tail of tails) {
      await assertRefused(
        codec,
        await joined([file, Uint8Array.from(tail)]),
        /no gzip data|no zstd frame|ends within/,
      );
    }
  });

  test("no flipped bit of a small file passes unnoticed", async () => {
    const content = repetitiveCsv(30);
    const file = await compressed(codec, content);
    for (let bit = 0; bit < file.length * 8; bit++) {
      await assertHarmless(codec, file, bit, content);
    }
  });

  test("no flipped bit of a larger file passes unnoticed", async () => {
    const content = randomCsv(3000);
    const parts = await Promise.all(
      [...cut(content, 40_000)].map((it) => compressed(codec, it)),
    );
    const file = await joined(parts);
    let state = 1;
    for (let flip = 0; flip < FLIPS; flip++) {
      state = Math.imul(state, 1664525) + 1013904223 >>> 0;
      const bit = Math.floor(state / 2 ** 32 * file.length * 8);
      await assertHarmless(codec, file, bit, content);
    }
  });

  test("as much comes out as is allowed, and nothing of a file with more", async () => {
    const content = repetitiveCsv(30);
    const file = await compressed(codec, content);
    const read = (maxBytes: number) => readOrRefusal(codec, file, { maxBytes });
    assertEquals(await read(content.length), content);
    const maxBytes = content.length - 1;
    const refusal = `Byte 0: more than ${maxBytes} bytes would come out`;
    assertEquals(await read(maxBytes), refusal);
    for (const maxBytes of [-1, 0.5, NaN]) {
      assertThrows(() => codec.decompress([file], { maxBytes }), RangeError);
    }
  });

  test("the limit is of all that comes out", async () => {
    const content = repetitiveCsv(30);
    const file = await compressed(codec, content);
    const chunks = codec.decompress([file, file], {
      maxBytes: content.length * 2 - 1,
    });
    const error = await assertRejects(
      () => joined(chunks),
      CompressedDataError,
      "more than",
    );
    assertEquals(error.offset, file.length);
  });

  test("whoever stops early stops the chunks, too", async () => {
    const content = randomCsv(60_000);
    const file = await compressed(codec, content);
    for (const work of [codec.compress, codec.decompress]) {
      let isStopped = false;
      const source = function* () {
        try {
          yield* cut(work === codec.compress ? content : file, 60_000);
        } finally {
          isStopped = true;
        }
      };
      for await (const _ of work(source())) break;
      assert(isStopped);
    }
  });

  test("an error of the chunks is passed on", async () => {
    const content = randomCsv(60_000);
    const file = await compressed(codec, content);
    for (const work of [codec.compress, codec.decompress]) {
      const source = function* () {
        const whole = work === codec.compress ? content : file;
        yield whole.subarray(0, whole.length / 2);
        throw new RangeError("the disk is on fire");
      };
      await assertRejects(
        () => joined(work(source())),
        RangeError,
        "the disk is on fire",
      );
    }
  });
}
