import { assertEquals, assertRejects } from "@std/assert";
import { CompressedDataError, gzip } from "@astraguard/hil-metrics";
import { zstd } from "@astraguard/hil-metrics/zstd";
import fc from "fast-check";
import { ImportError } from "../../src/import/import_error.ts";
import { readMeasurements } from "../../src/import/read_measurements.ts";
import { inShort, read } from "./_read.ts";

const CSV = 'metric_type,satellite_id,duration_ms\nfault,"Zoë 🛰, 1",1.5\n' +
  "fault,SAT2,2\r\n";

const ROWS = [["fault", "Zoë 🛰, 1", 1.5, 0], ["fault", "SAT2", 2, 0]];

async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  return await new Blob(await Array.fromAsync(chunks) as BlobPart[]).bytes();
}

async function gzipped(text: string): Promise<Uint8Array> {
  const stream = new Blob([text]).stream();
  return await bytesOf(stream.pipeThrough(new CompressionStream("gzip")));
}

function utf16(text: string, littleEndian: boolean): Uint8Array {
  const bytes = new Uint8Array(2 * text.length);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < text.length; i++) {
    view.setUint16(2 * i, text.charCodeAt(i), littleEndian);
  }
  return bytes;
}

function joined(...parts: Uint8Array[]): Uint8Array {
  return new Uint8Array(parts.flatMap((part) => [...part]));
}

const utf8 = new TextEncoder().encode(CSV);

const ENCODINGS: Readonly<Record<string, Uint8Array>> = {
  "UTF-8": utf8,
  "UTF-8 with a mark": joined(Uint8Array.of(0xef, 0xbb, 0xbf), utf8),
  "UTF-16 LE": utf16(`\uFEFF${CSV}`, true),
  "UTF-16 BE": utf16(`\uFEFF${CSV}`, false),
  "gzip": await gzipped(CSV),
  "gzip of UTF-16": await bytesOf(
    gzip.compress([utf16(`\uFEFF${CSV}`, true)]),
  ),
  "gzip of several members": joined(
    await gzipped(CSV.slice(0, 20)),
    await gzipped(CSV.slice(20, 21)),
    await gzipped(CSV.slice(21)),
  ),
  "zstd": await bytesOf(zstd.compress([utf8])),
};

for (const [encoding, bytes] of Object.entries(ENCODINGS)) {
  Deno.test(`readMeasurements() reads ${encoding}, cut anywhere`, async () => {
    for (const chunkBytes of [1, 2, 3, 5, 7, bytes.length]) {
      assertEquals(inShort(await read(bytes, {}, chunkBytes)), ROWS);
    }
    for (let at = 0; at <= bytes.length; at++) {
      const parts = [bytes.slice(0, at), bytes.slice(at)];
      const imported = readMeasurements(ReadableStream.from(parts));
      const measurements = (await Array.fromAsync(imported)).flat();
      assertEquals(measurements.map((it) => it.satelliteId), [
        "Zoë 🛰, 1",
        "SAT2",
      ]);
    }
  });
}

Deno.test("readMeasurements() reads the same, whatever the format and the chunks", async () => {
  const inputs = [
    "a b 1\n\nc d 2 3\r\n",
    '{"metric":"ä","satellite":"b","duration_us":5}\n\n',
    '{"results":[{"command":"ä","times":[0.5,0.25]}]}',
    "timeStamp,elapsed,label\n1,2,c\n",
  ];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...inputs),
      fc.integer({ min: 1, max: 40 }),
      async (input, chunkBytes) => {
        assertEquals(await read(input, {}, chunkBytes), await read(input));
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("readMeasurements() refuses compressed input that is cut off", async () => {
  for (const encoding of ["gzip", "zstd"]) {
    const bytes = ENCODINGS[encoding]!;
    for (let end = 5; end < bytes.length; end++) {
      await assertRejects(
        () => read(bytes.slice(0, end)),
        CompressedDataError,
      );
    }
  }
});

Deno.test("readMeasurements() refuses compressed input of which too much would come out", async () => {
  const bomb = await gzipped("0".repeat(10_000_000));
  assertEquals(bomb.length < 20_000, true);
  await assertRejects(
    () => read(bomb, { maxBytes: 1_000_000, format: "csv" }),
    CompressedDataError,
    "more than 1000000 bytes would come out",
  );
  await assertRejects(
    () => read(bomb, { format: "csv" }),
    ImportError,
    "longer than 1048576 characters",
  );
});

const NO_TEXT: readonly [what: string, bytes: Uint8Array, message: string][] = [
  [
    "Latin-1",
    joined(utf8, Uint8Array.of(0x66, 0x2c, 0xfc, 0x2c, 0x31, 0x0a), utf8),
    "Line 4: the text is not UTF-8",
  ],
  ["a character that is cut off", utf8.slice(0, 47), "the text is not UTF-8"],
  [
    "UTF-16 without a mark",
    utf16(CSV, true),
    "Line 1: the input is not text: if it is UTF-16, it needs a byte-order mark",
  ],
  [
    "half a surrogate pair",
    joined(utf16(`\uFEFF${CSV}`, true), utf16("f,\ud83d,1\n", true)),
    "Line 4: the text is not UTF-16",
  ],
  ["an image", Uint8Array.of(0x89, 0x50, 0x4e, 0x47), "the text is not UTF-8"],
];

for (const [what, bytes, message] of NO_TEXT) {
  Deno.test(`readMeasurements() refuses ${what}`, async () => {
    for (const chunkBytes of [3, Infinity]) {
      const error = await assertRejects(
        () => read(bytes, {}, chunkBytes),
        ImportError,
        message,
      );
      assertEquals(error.code, "BAD_ENCODING");
    }
  });
}

Deno.test("readMeasurements() passes on what the source fails with", async () => {
  const source = new ReadableStream({
    pull(controller) {
      controller.error(new Error("the pipe is broken"));
    },
  });
  await assertRejects(
    () => Array.fromAsync(readMeasurements(source)),
    Error,
    "the pipe is broken",
  );
});

/** A source that is written to by hand. */
function liveSource() {
  let controller!: ReadableStreamDefaultController<Uint8Array>;
  let cancelled: unknown = "not cancelled";
  const source = new ReadableStream<Uint8Array>({
    start: (it) => void (controller = it),
    cancel: (reason) => void (cancelled = reason),
  });
  return {
    source,
    write: (text: string) => controller.enqueue(new TextEncoder().encode(text)),
    close: () => controller.close(),
    get cancelled() {
      return cancelled;
    },
  };
}

Deno.test("readMeasurements() hands out rows while more are waited for", async () => {
  const live = liveSource();
  const batches = readMeasurements(live.source)[Symbol.asyncIterator]();
  for (let i = 0; i < 3; i++) {
    live.write(`m SAT1 ${i}\nm SAT`);
    const { value } = await batches.next();
    assertEquals(value.map((it: { durationMs: number }) => it.durationMs), [i]);
    live.write(`2 ${i}\n`);
    const next = await batches.next();
    assertEquals(next.value.length, 1);
  }
  live.close();
  assertEquals((await batches.next()).done, true);
});

Deno.test("readMeasurements() hands out a row soon, though others keep coming", async () => {
  const live = liveSource();
  let count = 0;
  const timer = setInterval(() => live.write(`m SAT1 ${count++}\n`), 1);
  try {
    for await (const batch of readMeasurements(live.source)) {
      assertEquals(batch[0]!.durationMs, 0);
      // It did not wait until its batch was full.
      assertEquals(batch.length < 4096, true);
      break;
    }
  } finally {
    clearInterval(timer);
  }
  assertEquals(live.cancelled, undefined);
});

Deno.test("readMeasurements() cancels its source when nobody asks for more", async () => {
  for (
    const text of [
      "m SAT1 1\n",
      '{"metric":"m","satellite":"s","duration_ms":1}\n',
    ]
  ) {
    const live = liveSource();
    live.write(text);
    for await (const _ of readMeasurements(live.source)) break;
    assertEquals(live.cancelled, undefined);
  }
});

Deno.test("readMeasurements() ends with the reason of its signal", async () => {
  const live = liveSource();
  const aborting = new AbortController();
  const batches = readMeasurements(live.source, { signal: aborting.signal })
    [Symbol.asyncIterator]();
  live.write("m SAT1 1\n");
  await batches.next();
  const next = batches.next();
  const reason = new Error("enough");
  aborting.abort(reason);
  assertEquals(await assertRejects(() => next), reason);
  assertEquals(live.cancelled, reason);
  const signal = AbortSignal.abort(reason);
  const error = await assertRejects(() => read("m SAT1 1\n", { signal }));
  assertEquals(error, reason);
});

Deno.test("readMeasurements() reads nothing that nobody asks for", async () => {
  let pulled = 0;
  const line = new TextEncoder().encode("m SAT1 1\n".repeat(4000));
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled++;
      controller.enqueue(line);
    },
  }, { highWaterMark: 0 });
  const batches = readMeasurements(source)[Symbol.asyncIterator]();
  for (let i = 0; i < 5; i++) {
    assertEquals((await batches.next()).value.length, 4096);
  }
  assertEquals(pulled <= 7, true, `${pulled}`);
  await batches.return!();
});

Deno.test("readMeasurements() reads on while others wait for the event loop", async () => {
  const rows = 50_000;
  const csv = "metric_type,satellite_id,duration_ms\n" +
    "fault_detection,SAT1,75.2\n".repeat(rows);
  let turns = 0;
  const timer = setInterval(() => turns++, 0);
  const found = await read(csv);
  clearInterval(timer);
  assertEquals(found.rows, rows);
  assertEquals(turns > 3, true, `${turns}`);
});

Deno.test("readMeasurements() takes no name of a satellite for one of JavaScript's", async () => {
  const names = ["__proto__", "constructor", "toString"];
  const lines = names.map((it) =>
    `{"metric_type":"m","satellite_id":"${it}","duration_ms":1,"__proto__":{}}`
  );
  const { measurements } = await read(lines.join("\n"));
  assertEquals(measurements.map((it) => it.satelliteId), names);
  const document = '{"__proto__":{"a":1},"results":[{"command":"__proto__",' +
    '"times":[1],"__proto__":{"times":[2]}}]}';
  assertEquals(inShort(await read(document)), [[
    "__proto__",
    "hyperfine",
    1000,
    0,
  ]]);
});

Deno.test("readMeasurements() refuses JSON that is nested without an end", async () => {
  for (const end of ["", "]".repeat(100_000)]) {
    const deep = `{"x":${"[".repeat(100_000)}${end}`;
    await assertRejects(
      () => read(deep, { format: "hyperfine" }),
      ImportError,
      "Line 1: the JSON is not well-formed: it is nested too deeply",
    );
  }
});

Deno.test("readMeasurements() counts rows that are all bad", async () => {
  const csv = "metric_type,satellite_id,duration_ms\n" + "a,b,x\n".repeat(9999);
  const found = await read(csv, { badRows: "skip" });
  assertEquals([found.rows, found.skippedRows], [0, 9999]);
});
