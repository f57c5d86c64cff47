import { assert, assertEquals } from "@std/assert";
import { Crc32 } from "../../src/formats/crc32.ts";
import { gzip } from "../../src/formats/gzip.ts";
import { gzipStream } from "../../src/formats/gzip_stream.ts";
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

/** What another tool may put into a member besides what it must have. */
interface MemberParts {
  flags?: number;
  /** What follows the first ten bytes of the header. */
  header?: number[];
  deflated: Uint8Array;
  content: Uint8Array;
}

function member(
  { flags = 0, header = [], deflated, content }: MemberParts,
): Promise<Uint8Array> {
  const crc = new Crc32();
  crc.update(content);
  const trailer = Uint32Array.of(crc.digest(), content.length);
  return joined([
    Uint8Array.of(0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 3),
    Uint8Array.from(header),
    deflated,
    new Uint8Array(trailer.buffer),
  ]);
}

function deflate(content: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  const stream = new Blob([content]).stream();
  return new Response(
    stream.pipeThrough(new CompressionStream("deflate-raw")),
  ).bytes();
}

/** One block as it is, without compression. */
function stored(content: Uint8Array, isLast: boolean): Promise<Uint8Array> {
  const length = Uint16Array.of(content.length, ~content.length);
  return joined([
    Uint8Array.of(isLast ? 1 : 0),
    new Uint8Array(length.buffer),
    content,
  ]);
}

Deno.test("gzip.compress() says in each member how long it and its content are", async () => {
  const content = randomCsv(50_000);
  const file = await compressed(gzip, content);
  const view = new DataView(file.buffer);
  const contentBytes = [];
  for (let at = 0; at < file.length;) {
    // A header with an extra field of 12 bytes: "HM", 8, and two numbers.
    assertEquals([...file.subarray(at, at + 16)], [
      ...[0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 255],
      ...[12, 0, 0x48, 0x4d, 8, 0],
    ]);
    const memberBytes = view.getUint32(at + 16, true);
    contentBytes.push(view.getUint32(at + 20, true));
    const one = file.slice(at, at + memberBytes);
    const stream = new Blob([one]).stream()
      .pipeThrough(new DecompressionStream("gzip"));
    const found = await new Response(stream).bytes();
    assertEquals(found.length, contentBytes.at(-1));
    at += memberBytes;
  }
  assertEquals(contentBytes, [
    1024 * 1024,
    1024 * 1024,
    content.length - 2 * 1024 * 1024,
  ]);
});

Deno.test("gzip.compress() makes one member of no bytes", async () => {
  for (const chunks of [[], [new Uint8Array(0)]]) {
    const file = await joined(gzip.compress(chunks));
    assertEquals(file.length, 24 + 2 + 8);
    assertEquals(await readOrRefusal(gzip, file), new Uint8Array(0));
  }
});

Deno.test("gzipStream() makes one member, which a DecompressionStream takes whole", async () => {
  for (const rows of [0, 1, 40_000]) {
    const content = randomCsv(rows);
    using counter = new TurnCounter();
    const file = await joined(gzipStream(cut(content, 100_000)));
    assert(counter.turns >= content.length / 16_384, `${counter.turns} turns`);
    const stream = new Blob([file]).stream()
      .pipeThrough(new DecompressionStream("gzip"));
    assertEquals(await new Response(stream).bytes(), content);
    assertEquals(await readOrRefusal(gzip, file), content);
  }
});

Deno.test("gzip gives way once in a piece", async () => {
  const content = randomCsv(10_000);
  let file: Uint8Array;
  {
    using counter = new TurnCounter();
    file = await compressed(gzip, content);
    assert(counter.turns >= content.length / 16_384, `${counter.turns} turns`);
  }
  using counter = new TurnCounter();
  await joined(gzip.decompress([file]));
  assert(counter.turns >= file.length / 8192, `${counter.turns} turns`);
});

Deno.test("gzip.decompress() reads every kind of header", async () => {
  const content = repetitiveCsv(100);
  const parts = { content, deflated: await deflate(content) };
  const name = [...new TextEncoder().encode("latency_raw.csv"), 0];
  const long = [...new Array(70_000).fill(65), 0];
  const extra = [7, 0, 1, 2, 3, 0, 4, 5, 6];
  // A field that goes on behind the end of all fields.
  const broken = [6, 0, 0x48, 0x4d, 8, 0, 4, 5];
  const table: [string, number, number[]][] = [
    ["none", 0, []],
    ["text", 1, []],
    ["name", 8, name],
    ["comment", 16, name],
    ["long comment", 16, long],
    ["extra", 4, extra],
    ["broken extra", 4, broken],
    ["all", 29, [...extra, ...name, ...name]],
  ];
  for (const [what, flags, header] of table) {
    const file = await member({ ...parts, flags, header });
    assertEquals(await readOrRefusal(gzip, file), content, what);
    const checked = await withHeaderCrc(file, header.length);
    assertEquals(await readOrRefusal(gzip, checked), content, what);
    checked[4]! ^= 1;
    await assertRefused(gzip, checked, /checksum of its header is wrong/);
  }
});

/** The same member with a checksum of its header. */
async function withHeaderCrc(
  file: Uint8Array,
  moreBytes: number,
): Promise<Uint8Array> {
  const header = file.slice(0, 10 + moreBytes);
  header[3]! |= 2;
  const crc = new Crc32();
  crc.update(header);
  const digest = crc.digest() & 0xffff;
  return await joined([
    header,
    Uint8Array.of(digest, digest >>> 8),
    file.subarray(header.length),
  ]);
}

Deno.test("gzip.decompress() refuses headers that it can't read", async () => {
  const content = repetitiveCsv(3);
  const parts = { content, deflated: await deflate(content) };
  for (const flags of [0x20, 0x40, 0x80]) {
    await assertRefused(
      gzip,
      await member({ ...parts, flags }),
      /^Byte 3: reserved flags are set$/,
    );
  }
  const endless = new Array(200_000).fill(65);
  await assertRefused(
    gzip,
    await member({ ...parts, flags: 8, header: endless }),
    /^Byte 0: the gzip header has more than 131072 bytes$/,
  );
  await assertRefused(gzip, content, /^Byte 0: no gzip data start here$/);
  const compressTool = Uint8Array.of(0x1f, 0x9d, 0x90);
  await assertRefused(gzip, compressTool, /^Byte 0: no gzip data start here$/);
});

Deno.test("gzip.decompress() reads members that don't say how long they are", async () => {
  const contents = [0, 1, 30, 5000, 0, 9000].map((rows) => randomCsv(rows));
  const members = await Promise.all(
    contents.map(async (content) =>
      await member({ content, deflated: await deflate(content) })
    ),
  );
  // Among them one that does.
  const file = await joined([
    ...members,
    await compressed(gzip, contents[3]!),
    ...members,
  ]);
  const wanted = await joined([...contents, contents[3]!, ...contents]);
  for (const sizes of [[1000], [file.length], [1, 5, 8192]]) {
    assertEquals(await joined(gzip.decompress(cut(file, ...sizes))), wanted);
  }
});

Deno.test("gzip.decompress() finds where a member ends, wherever in a piece that is", async () => {
  const rows = randomCsv(1000);
  for (let length = 8170; length <= 8210; length++) {
    const content = rows.subarray(0, length - 5);
    const one = await member({
      content,
      deflated: await stored(content, true),
    });
    const file = await joined([one, one]);
    const wanted = await joined([content, content]);
    assertEquals(await readOrRefusal(gzip, file), wanted, `${length}`);
  }
});

Deno.test("gzip.decompress() takes nothing within a member for the next", async () => {
  // Content that looks like headers, each with something like a trailer before.
  const rows = randomCsv(100);
  const header = Uint8Array.of(0x1f, 0x8b, 8, 0);
  for (const distance of [0, 1, 7, 8, 9, 4096, 8180, 8190, 8192, 16_380]) {
    const content = await joined([
      new Uint8Array(distance),
      header,
      rows,
      header,
      header,
      rows,
    ]);
    const deflated = await stored(content, true);
    const one = await member({ content, deflated });
    const file = await joined([one, one]);
    const wanted = await joined([content, content]);
    assertEquals(await readOrRefusal(gzip, file), wanted, `${distance}`);
  }
});

Deno.test("gzip.decompress() refuses members that end otherwise than they say", async () => {
  const content = repetitiveCsv(100);
  const deflated = await deflate(content);
  const table: [string, MemberParts, RegExp][] = [
    [
      "bytes behind the compressed data",
      { content, deflated: await joined([deflated, Uint8Array.of(0, 0)]) },
      /damaged, or go on after their end/,
    ],
    [
      "another checksum",
      { content: content.map((byte) => byte ^ 1), deflated },
      /the checksum of the gzip member's content is wrong/,
    ],
    [
      "another size",
      { content: content.subarray(1), deflated },
      /\d{4} bytes of content, and its trailer says \d{4}/,
    ],
    [
      "compressed data without an end",
      { content, deflated: await stored(content, false) },
      /do not end where the gzip member does/,
    ],
    [
      "no compressed data",
      { content: new Uint8Array(0), deflated: new Uint8Array(0) },
      /do not end where the gzip member does/,
    ],
    [
      "no data that inflate",
      { content, deflated: Uint8Array.of(0xff, 0xff, 0xff) },
      /damaged, or go on after their end/,
    ],
  ];
  for (const [, parts, reason] of table) {
    await assertRefused(gzip, await member(parts), reason);
    // And not only at the end of the file.
    const file = await joined([
      await member(parts),
      await compressed(gzip, content),
    ]);
    assertEquals(typeof await readOrRefusal(gzip, file), "string");
  }
});

Deno.test("gzip.decompress() refuses lengths that are not so", async () => {
  const file = await compressed(gzip, repetitiveCsv(100));
  const view = new DataView(file.buffer);
  const [memberBytes, contentBytes] = [16, 20].map((at) =>
    view.getUint32(at, true)
  );
  const table: [number, number, RegExp][] = [
    [0, contentBytes!, /^Byte 0: no gzip member is 0 bytes long/],
    [31, contentBytes!, /^Byte 0: no gzip member is 31 bytes long/],
    [32, contentBytes!, /^Byte 24: /],
    [memberBytes! - 1, contentBytes!, /./],
    [memberBytes! + 1, contentBytes!, /the file ends within/],
    [2 ** 32 - 1, contentBytes!, /the file ends within/],
    [memberBytes!, contentBytes! - 1, /and its header says/],
    [memberBytes!, contentBytes! + 1, /and its header says/],
  ];
  for (const [member, content, reason] of table) {
    view.setUint32(16, member, true);
    view.setUint32(20, content, true);
    await assertRefused(gzip, file, reason);
  }
});

Deno.test("gzip.decompress() caps what a bomb lets out", async () => {
  const zeros = new Uint8Array(50_000_000);
  const own = await compressed(gzip, zeros.subarray(0, 1_000_000));
  new DataView(own.buffer).setUint32(20, 1000, true);
  const foreign = await member({
    content: zeros,
    deflated: await deflate(zeros),
  });
  for (const file of [own, foreign]) {
    let sizeBytes = 0;
    let reason = "";
    try {
      const chunks = gzip.decompress([file], { maxBytes: 500_000 });
      for await (const chunk of chunks) sizeBytes += chunk.length;
    } catch (error) {
      reason = (error as Error).message;
    }
    assert(sizeBytes <= 500_000);
    assert(/more than 500000 bytes would come out$/.test(reason), reason);
  }
});
