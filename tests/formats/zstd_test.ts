import { assert, assertEquals } from "@std/assert";
import { zstd } from "../../src/formats/zstd.ts";
import { TurnCounter } from "../event_loop/_turn_counter.ts";
import {
  assertRefused,
  compressed,
  cut,
  joined,
  randomCsv,
  readOrRefusal,
  repetitiveCsv,
} from "./_compressed.ts";

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];

/** A block that is one byte again and again. */
function repeated(byte: number, count: number, isLast: boolean): number[] {
  const bits = count << 3 | 1 << 1 | (isLast ? 1 : 0);
  return [bits & 0xff, bits >>> 8 & 0xff, bits >>> 16, byte];
}

/** A block of bytes as they are. */
function raw(bytes: number[], isLast: boolean): number[] {
  const bits = bytes.length << 3 | (isLast ? 1 : 0);
  return [bits & 0xff, bits >>> 8 & 0xff, bits >>> 16, ...bytes];
}

Deno.test("zstd.compress() makes frames of 128 KiB with size and checksum", async () => {
  const content = randomCsv(9000);
  const file = await compressed(zstd, content);
  const sizes = [];
  let at = 0;
  for (const part of cut(content, 128 * 1024)) {
    const frame = await compressed(zstd, part);
    assertEquals(file.subarray(at, at + frame.length), frame);
    assertEquals([...frame.subarray(0, 4)], MAGIC);
    // One segment, a size of four bytes (two for less than 64 KiB), a checksum.
    const view = new DataView(frame.buffer);
    const flags = view.getUint8(4);
    assertEquals(flags & 0x3f, 0x24);
    sizes.push(
      flags >>> 6 === 2
        ? view.getUint32(5, true)
        : view.getUint16(5, true) + 256,
    );
    at += frame.length;
  }
  assertEquals(at, file.length);
  assert(sizes.length > 2);
  assertEquals(sizes, [...cut(content, 128 * 1024)].map((it) => it.length));
});

Deno.test("zstd.compress() makes the same file however the content is cut", async () => {
  const content = randomCsv(9000);
  const wanted = await compressed(zstd, content);
  for (const sizes of [[130_000], [1000, 200_000], [77]]) {
    const file = await joined(zstd.compress(cut(content, ...sizes)));
    assertEquals(file, wanted);
  }
});

Deno.test("zstd.compress() makes one frame of no bytes", async () => {
  for (const chunks of [[], [new Uint8Array(0)]]) {
    const file = await joined(zstd.compress(chunks));
    assertEquals(file.length, 13);
    assertEquals(await readOrRefusal(zstd, file), new Uint8Array(0));
  }
});

Deno.test("zstd gives chunks without the methods of Buffer", async () => {
  const [file] = await Array.fromAsync(zstd.compress([repetitiveCsv(3)]));
  assertEquals(Object.getPrototypeOf(file), Uint8Array.prototype);
  const [chunk] = await Array.fromAsync(zstd.decompress([file!]));
  assertEquals(Object.getPrototypeOf(chunk), Uint8Array.prototype);
});

Deno.test("zstd gives way once in 128 KiB", async () => {
  const content = randomCsv(30_000);
  const blocks = content.length / (128 * 1024);
  let file: Uint8Array;
  {
    using counter = new TurnCounter();
    file = await compressed(zstd, content);
    assert(counter.turns >= blocks - 1, `${counter.turns} turns`);
  }
  {
    using counter = new TurnCounter();
    await joined(zstd.decompress([file]));
    assert(counter.turns >= blocks, `${counter.turns} turns`);
  }
  // One frame of many blocks, each of 4 bytes.
  const bomb = [...MAGIC, 0xa0, 0, 0, 64, 0];
  for (let i = 32; i > 0; i--) bomb.push(...repeated(65, 131_072, i === 1));
  using counter = new TurnCounter();
  await joined(zstd.decompress([Uint8Array.from(bomb)]));
  assert(counter.turns >= 32, `${counter.turns} turns`);
});

Deno.test("zstd.decompress() passes over skippable frames", async () => {
  const content = repetitiveCsv(30);
  const file = await compressed(zstd, content);
  const empty = Uint8Array.of(0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0);
  const long = new Uint8Array(8 + 300_000);
  long.set([0x50, 0x2a, 0x4d, 0x18, 0xe0, 0x93, 0x04, 0]);
  const table = [
    [empty, file],
    [file, empty],
    [long, file, long, empty, file],
  ];
  for (const parts of table) {
    const whole = await joined(parts);
    const wanted = await joined(
      parts.map((it) => it === file ? content : new Uint8Array(0)),
    );
    assertEquals(await readOrRefusal(zstd, whole), wanted);
    for (const size of [1, 7, 100_000]) {
      const found = zstd.decompress(cut(whole, size));
      assertEquals(await joined(found), wanted);
    }
  }
  await assertRefused(zstd, long.subarray(0, -1), /the file ends within/);
  await assertRefused(zstd, empty, /^Byte 8: the file ends within/);
});

Deno.test("zstd.decompress() reads or refuses each kind of frame", async () => {
  const five = raw([1, 2, 3, 4, 5], true);
  const table: [string, number[], number[] | RegExp][] = [
    ["size of one byte", [0x20, 5, ...five], [1, 2, 3, 4, 5]],
    ["size of eight", [0xe0, 5, 0, 0, 0, 0, 0, 0, 0, ...five], [1, 2, 3, 4, 5]],
    ["window and size", [0x80, 0, 5, 0, 0, 0, ...five], [1, 2, 3, 4, 5]],
    ["unused bit", [0x30, 5, ...five], [1, 2, 3, 4, 5]],
    ["dictionary 0", [0x21, 0, 5, ...five], [1, 2, 3, 4, 5]],
    [
      "several blocks, one of them empty",
      [
        0x20,
        6,
        ...raw([1, 2], false),
        ...raw([], false),
        ...repeated(3, 4, true),
      ],
      [1, 2, 3, 3, 3, 3],
    ],
    ["largest window", [0x80, 13 << 3, 5, 0, 0, 0, ...five], [1, 2, 3, 4, 5]],
    [
      "larger window",
      [0x80, 13 << 3 | 1, 5, 0, 0, 0, ...five],
      /^Byte 5: .* window of 9437184 bytes/,
    ],
    [
      "larger segment",
      [0xa0, 1, 0, 128, 0, ...five],
      /^Byte 5: .* window of 8388609 bytes/,
    ],
    [
      "immense size",
      [0xe0, 5, 0, 0, 0, 0, 0, 0, 1, ...five],
      /^Byte 5: .* window of/,
    ],
    [
      "immense size, small window",
      [0xc0, 0, 5, 0, 0, 0, 0, 0, 0, 1, ...five],
      /^Byte 0: more than 4294967296 bytes/,
    ],
    ["dictionary", [0x21, 9, 5, ...five], /^Byte 5: .* dictionary/],
    [
      "dictionary of four bytes",
      [0x23, 0, 0, 0, 1, 5, ...five],
      /^Byte 5: .* dictionary/,
    ],
    ["reserved bit", [0x28, 5, ...five], /^Byte 4: a reserved bit is set/],
    ["neither size nor checksum", [0, 0, ...five], /^Byte 0: .* neither/],
    [
      "wrong checksum",
      [0x24, 5, ...five, 1, 2, 3, 4],
      /^Byte 0: the zstd frame is damaged/,
    ],
    ["size too small", [0x20, 4, ...five], /^Byte 0: the zstd frame/],
    ["size too large", [0x20, 6, ...five], /^Byte 0: the zstd frame/],
    [
      "reserved block",
      [0x20, 5, 7, 0, 0],
      /^Byte 6: no zstd block is like this/,
    ],
    [
      "block too long",
      [0xa0, 1, 0, 2, 0, ...repeated(0, 131_073, true)],
      /^Byte 9: no zstd block/,
    ],
    ["older format", [], /^Byte 0: no zstd frame starts here/],
  ];
  for (const [what, frame, wanted] of table) {
    const file = frame.length > 0
      ? Uint8Array.from([...MAGIC, ...frame])
      : Uint8Array.of(0x27, 0xb5, 0x2f, 0xfd, 0x20, 5, ...five);
    if (wanted instanceof RegExp) await assertRefused(zstd, file, wanted);
    else {
      assertEquals(
        await readOrRefusal(zstd, file),
        Uint8Array.from(wanted),
        what,
      );
    }
  }
});

Deno.test("zstd.decompress() caps what a bomb lets out", async () => {
  // 100 MB in 3 kB, with a checksum rather than a size.
  const bomb = [...MAGIC, 4, 0x38];
  for (let i = 800; i > 0; i--) bomb.push(...repeated(65, 131_072, i === 1));
  bomb.push(0, 0, 0, 0);
  let sizeBytes = 0;
  let reason = "";
  try {
    const chunks = zstd.decompress([Uint8Array.from(bomb)], {
      maxBytes: 1_000_000,
    });
    for await (const chunk of chunks) sizeBytes += chunk.length;
  } catch (error) {
    reason = (error as Error).message;
  }
  assertEquals(sizeBytes, 7 * 131_072);
  assert(/more than 1000000 bytes would come out$/.test(reason), reason);
});
