import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { writeHead } from "../../../src/formats/journal/frame.ts";
import { JournalSyntaxError } from "../../../src/formats/journal/journal_decoder.ts";
import { naiveXxh32 } from "../_naive_xxh32.ts";
import { HEADER, makeJournal, readJournal, type Row } from "./_journals.ts";

const SERIES = [
  { metricType: "fault_detection", satelliteId: "SAT1" },
  { metricType: 'down"link', satelliteId: "é😀" },
];

const finite = fc.double({ noNaN: true, noDefaultInfinity: true });
const anyRow: fc.Arbitrary<Row> = fc.tuple(
  fc.nat(SERIES.length - 1),
  finite,
  finite,
  finite,
);

function rowsOf(count: number): Row[] {
  return Array.from({ length: count }, (_, i) => [i % 2, i, i / 7, i / 10]);
}

Deno.test("JournalDecoder reads what JournalEncoder wrote bit for bit, however it is cut", () => {
  fc.assert(fc.property(
    fc.array(fc.array(anyRow, { minLength: 1, maxLength: 90 }), {
      maxLength: 6,
    }),
    fc.boolean(),
    fc.integer({ min: 1, max: 700 }),
    (batches, isEnded, chunkBytes) => {
      const { bytes } = makeJournal(SERIES, batches, { isEnded });
      const { decoder, rows, end } = readJournal(bytes, chunkBytes);
      const wanted = batches.flat();
      assertEquals(rows.length, wanted.length);
      assert(rows.every((row, i) => Object.is(row[2], wanted[i]![2])));
      assertEquals(rows, wanted);
      assertEquals(decoder.series, SERIES);
      assertEquals(decoder.header, HEADER);
      assertEquals(end, { wholeBytes: bytes.length, isEnded });
    },
  ));
});

Deno.test("JournalDecoder reads blocks of rows over frames of every size", () => {
  for (const count of [1, 63, 64, 65, 4096, 4097, 16_384, 16_385, 40_000]) {
    const wanted = [...rowsOf(5), ...rowsOf(count)];
    const { bytes } = makeJournal(SERIES, [rowsOf(5), rowsOf(count)]);
    assertEquals(readJournal(bytes, 300_000).rows, wanted);
  }
});

Deno.test("JournalDecoder keeps every whole frame before the place where a journal is cut off", () => {
  const batches = [rowsOf(3), rowsOf(1), rowsOf(2)];
  const { bytes, starts } = makeJournal(SERIES, batches, { isEnded: true });
  const boundaries = [...starts, bytes.length];
  for (let length = 0; length < bytes.length; length++) {
    const { rows, end, decoder } = readJournal(bytes.slice(0, length), 50);
    const whole = boundaries.findLast((start) => start <= length)!;
    assertEquals(end, { wholeBytes: whole, isEnded: false });
    const frames = boundaries.indexOf(whole);
    assertEquals(decoder.header, frames > 0 ? HEADER : undefined);
    const batchesLeft = Math.max(0, frames - 1 - SERIES.length);
    assertEquals(rows, batches.slice(0, batchesLeft).flat());
  }
});

Deno.test("JournalDecoder takes a frame that was not written whole for torn, whatever stands there", () => {
  const { bytes, starts } = makeJournal(SERIES, [rowsOf(3), rowsOf(50)]);
  const last = starts.at(-1)!;
  for (const from of [last, last + 8, last + 100]) {
    const zeroed = bytes.slice().fill(0, from);
    const { rows, end } = readJournal(zeroed);
    assertEquals(rows, rowsOf(3));
    assertEquals(end.wholeBytes, last);
  }
});

Deno.test("JournalDecoder names a damaged frame, whichever byte of it has flipped", () => {
  const { bytes, starts } = makeJournal(SERIES, [rowsOf(2), rowsOf(1)], {
    isEnded: true,
  });
  const last = starts.at(-1)!;
  for (let at = 0; at < last; at++) {
    const flipped = bytes.slice();
    flipped[at]! ^= 1 << at % 8;
    const frame = starts.findLast((start) => start <= at)!;
    // Padding is of no frame's payload.
    let read;
    try {
      read = readJournal(flipped, 64);
    } catch (error) {
      assert(error instanceof JournalSyntaxError);
      const isVersion = at === 3 && error.message.includes("another version");
      assert(
        isVersion || error.message.includes(`frame at byte ${frame} `),
        error.message,
      );
      continue;
    }
    assertEquals(read.rows, [...rowsOf(2), ...rowsOf(1)], `byte ${at}`);
  }
});

Deno.test("JournalDecoder takes no frame of another journal, or from another place", () => {
  const { bytes, starts } = makeJournal(SERIES, [rowsOf(2), rowsOf(2)]);
  const other = makeJournal(SERIES, [rowsOf(2), rowsOf(2)], { salt: 5 });
  const foreign = bytes.slice();
  foreign.set(other.bytes.subarray(starts.at(-1)), starts.at(-1));
  assertEquals(readJournal(foreign).rows, rowsOf(2));
  const moved = bytes.slice();
  moved.copyWithin(starts.at(-1)!, starts.at(-2)!, starts.at(-1)!);
  assertEquals(readJournal(moved).rows, rowsOf(2));
});

Deno.test("JournalDecoder refuses frames that no writer makes", () => {
  const { bytes, starts } = makeJournal(SERIES, [rowsOf(2)]);
  const at = starts.at(-1)!;
  const cases: readonly [string, (view: DataView<ArrayBuffer>) => void][] = [
    ["a row of no series", (view) => view.setInt32(at + 32 + 48, 2, true)],
    ["a row of no series", (view) => view.setInt32(at + 32 + 48, -1, true)],
    ["not finite", (view) => view.setFloat64(at + 40, NaN, true)],
    ["not finite", (view) => view.setFloat64(at + 40, -Infinity, true)],
  ];
  for (const [reason, change] of cases) {
    const changed = bytes.slice();
    const view = new DataView(changed.buffer);
    change(view);
    const payload = changed.subarray(at + 32, at + 32 + 56);
    writeHead(view, at, at, {
      kind: "rows",
      count: 2,
      payloadBytes: 56,
      salt: 99,
      promisedBytes: 0,
      payloadXxh32: parseInt(naiveXxh32(payload), 16),
    });
    assertThrows(() => readJournal(changed), JournalSyntaxError, reason);
  }
});

Deno.test("JournalDecoder names a journal of another version", () => {
  const { bytes } = makeJournal(SERIES, []);
  bytes[3] = "2".charCodeAt(0);
  assertThrows(
    () => readJournal(bytes),
    JournalSyntaxError,
    "another version",
  );
  assertEquals(readJournal(bytes.fill(0, 3)).end.wholeBytes, 0);
});
