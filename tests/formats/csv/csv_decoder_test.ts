import { assert, assertEquals, assertThrows } from "@std/assert";
import { parse } from "@std/csv";
import fc from "fast-check";
import {
  BLOCK_ROWS,
  MeasurementColumns,
} from "../../../src/columns/measurement_columns.ts";
import {
  CsvDecoder,
  CsvSyntaxError,
} from "../../../src/formats/csv/csv_decoder.ts";
import {
  CSV_COLUMNS,
  type Measurement,
} from "../../../src/model/measurement.ts";
import { runAtOnce } from "../../../src/event_loop/sliced.ts";
import { decimals } from "./decimal/_decimals.ts";
import { decodeNaively, splitCsv } from "./_naive_decoder.ts";

const HEADER = CSV_COLUMNS.join();
const RUNS = new URL("../../testdata/astraguard-runs/", import.meta.url);

const encoder = new TextEncoder();

function rowsOf(columns: MeasurementColumns): Measurement[] {
  return Array.from({ length: columns.length }, (_, index) => {
    const block = columns.blocks[Math.floor(index / BLOCK_ROWS)]!;
    const row = index % BLOCK_ROWS;
    return {
      timestamp: block.timestamps[row]!,
      ...columns.series[block.seriesCodes[row]!]!,
      durationMs: block.durationsMs[row]!,
      scenarioTimeS: block.scenarioTimesS[row]!,
    };
  });
}

/** Decodes what is in the chunks, each of which is overwritten after it. */
function decodeChunks(chunks: Iterable<Uint8Array>): MeasurementColumns {
  const columns = new MeasurementColumns();
  const decoder = new CsvDecoder(columns);
  for (const chunk of chunks) {
    const copy = chunk.slice();
    runAtOnce(decoder.push(copy));
    copy.fill(0x22);
  }
  decoder.finish();
  return columns;
}

function decode(text: string): Measurement[] {
  return rowsOf(decodeChunks([encoder.encode(text)]));
}

function* cut(
  bytes: Uint8Array,
  sizesBytes: readonly number[],
): Generator<Uint8Array> {
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const end = at + sizesBytes[turn % sizesBytes.length]!;
    yield bytes.subarray(at, end);
    at = end;
  }
}

function errorOf(bytes: Uint8Array | string): CsvSyntaxError {
  return assertThrows(
    () =>
      decodeChunks([typeof bytes === "string" ? encoder.encode(bytes) : bytes]),
    CsvSyntaxError,
  );
}

function quote(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

/** A field's text and one of the ways to spell it. */
function spelled(
  texts: fc.Arbitrary<string>,
): fc.Arbitrary<{ text: string; spelling: string }> {
  return fc.tuple(texts, fc.boolean()).map(([text, isQuoted]) => ({
    text,
    spelling: isQuoted || /[",\r\n]/.test(text) ? quote(text) : text,
  }));
}

const finite = decimals.filter((text) => Number.isFinite(Number(text)));
const ids = fc.oneof(
  fc.constantFrom("fault_detection", "agent_decision", "SAT-1", "SAT-10", ""),
  fc.string({ unit: fc.constantFrom(...'ab,"\r\n\0 \t\ufeff\u00e9\u{1f6f0}') }),
  fc.string({ unit: "binary" }),
).map((text) => text.toWellFormed());
const lines = fc.record({
  fields: fc.tuple(
    spelled(finite),
    spelled(ids),
    spelled(ids),
    spelled(finite),
    spelled(finite),
  ),
  lineEnd: fc.constantFrom("\r\n", "\n", "\n\r\n", "\r\n\n\n"),
});

Deno.test("CsvDecoder takes no more blocks than there are rows for", () => {
  for (
    const [rows, blocks] of [
      [0, 0],
      [1, 1],
      [BLOCK_ROWS - 1, 1],
      [BLOCK_ROWS, 1],
      [BLOCK_ROWS + 1, 2],
      [2 * BLOCK_ROWS, 2],
    ] as const
  ) {
    const text = `${HEADER}\r\n${"1.5,a,b,2.5,3.5\r\n".repeat(rows)}`;
    const columns = decodeChunks([encoder.encode(text)]);
    assertEquals([columns.length, columns.blocks.length], [rows, blocks]);
  }
});

Deno.test("CsvDecoder.push() reads any spelling cut into any chunks", () => {
  fc.assert(
    fc.property(
      fc.array(lines, { maxLength: 30 }),
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1 }),
      fc.constantFrom("", "\ufeff"),
      fc.boolean(),
      (rows, sizesBytes, mark, hasLastEnd) => {
        let text = `${mark}${HEADER}\r\n`;
        for (const { fields, lineEnd } of rows) {
          text += fields.map(({ spelling }) => spelling).join() + lineEnd;
        }
        if (!hasLastEnd) text = text.trimEnd();
        const wanted = rows.map(({ fields }) => ({
          timestamp: Number(fields[0].text),
          metricType: fields[1].text,
          satelliteId: fields[2].text,
          durationMs: Number(fields[3].text),
          scenarioTimeS: Number(fields[4].text),
        }));
        const bytes = encoder.encode(text);
        assertEquals(rowsOf(decodeChunks(cut(bytes, sizesBytes))), wanted);
        assertEquals(decodeNaively(text.slice(mark.length)), wanted);
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("CsvDecoder.push() reads what @std/csv reads where no field holds a line end", () => {
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 20 }), (rows) => {
      let text = `${HEADER}\r\n`;
      for (const { fields } of rows) {
        const spellings = fields.map(({ spelling }) => spelling).join();
        if (!/[\r\n\ufeff]/.test(spellings)) text += `${spellings}\r\n`;
      }
      const wanted = parse(text);
      assertEquals(splitCsv(text), wanted);
      assertEquals(
        decode(text),
        wanted.slice(1).map((fields) => ({
          timestamp: Number(fields[0]),
          metricType: fields[1]!,
          satelliteId: fields[2]!,
          durationMs: Number(fields[3]),
          scenarioTimeS: Number(fields[4]),
        })),
      );
    }),
    { numRuns: 200 },
  );
});

Deno.test("CsvDecoder.push() reads the runs of the Python original in chunks of any size", () => {
  for (const { name, isDirectory } of Deno.readDirSync(RUNS)) {
    if (!isDirectory) continue;
    const bytes = Deno.readFileSync(new URL(`${name}/latency_raw.csv`, RUNS));
    const wanted = decodeNaively(new TextDecoder().decode(bytes));
    assert(wanted.length >= 3600);
    for (const sizeBytes of [61, 4096, 32_768, bytes.length]) {
      assertEquals(rowsOf(decodeChunks(cut(bytes, [sizeBytes]))), wanted);
    }
  }
});

Deno.test("CsvDecoder.push() reads more rows than a block holds and series in order of appearance", () => {
  let text = `${HEADER}\r\n`;
  for (let row = 0; row < 2.5 * BLOCK_ROWS; row++) {
    const satellite = (row * row) % 2003;
    text += `${row}.5,type_${row % 3},S${satellite},${row / 7},-${row}\r\n`;
  }
  const columns = decodeChunks(cut(encoder.encode(text), [100_000]));
  const wanted = decodeNaively(text);
  assertEquals(rowsOf(columns), wanted);
  const pairs = wanted.map((row) => `${row.metricType},${row.satelliteId}`);
  assertEquals(
    columns.series.map((one) => `${one.metricType},${one.satelliteId}`),
    [...new Set(pairs)],
  );
});

Deno.test("CsvDecoder.push() reads more series than its index keeps", () => {
  let text = `${HEADER}\n`;
  for (let row = 0; row < 120_000; row++) {
    text += `1.5,t,SAT-${row % 100_000},2.5,3.5\n`;
  }
  const columns = decodeChunks([encoder.encode(text)]);
  assertEquals(columns.series.length, 100_000);
  assertEquals(rowsOf(columns), decodeNaively(text));
});

Deno.test("CsvDecoder.push() gives one series to ids that are spelled in two ways", () => {
  const columns = decodeChunks([
    encoder.encode(`${HEADER}\n1,a,b,2,3\n1,"a",b,2,3\n1,a,"b",2,3\n`),
  ]);
  assertEquals(columns.series, [{ metricType: "a", satelliteId: "b" }]);
  assertEquals(columns.length, 3);
});

Deno.test("CsvDecoder.push() keeps line ends, quotes, commas and control characters of ids", () => {
  for (
    const id of [
      "",
      "\0",
      "\r",
      "\n",
      "\r\n",
      '"',
      '""',
      ",",
      "\ufeff",
      "\x7f\t",
    ]
  ) {
    const row = {
      timestamp: 1,
      metricType: id,
      satelliteId: `x${id}`,
      durationMs: 2,
      scenarioTimeS: 3,
    };
    const text = `1,${quote(id)},${quote(`x${id}`)},2,"3"\r\n`;
    assertEquals(decode(`${HEADER}\r\n${text}${text}`), [row, row]);
  }
});

Deno.test("CsvDecoder.finish() gives no rows where there is a header alone", () => {
  for (const end of ["", "\n", "\r\n", "\r", "\n\r\n\n"]) {
    assertEquals(decode(HEADER + end), []);
    assertEquals(decode(`\ufeff${HEADER}${end}`), []);
  }
  assertEquals(decode(`\n\n"timestamp"${HEADER.slice(9)}`), []);
});

Deno.test("CsvDecoder.push() yields at least once in 16 KiB", () => {
  const decoder = new CsvDecoder(new MeasurementColumns());
  const row = "1.5,a,b,2.5,3.5\n";
  const bytes = encoder.encode(`${HEADER}\n${row.repeat(20_000)}`);
  let yields = 0;
  for (const _ of decoder.push(bytes)) yields++;
  assert(yields >= bytes.length / 16_384);
});

Deno.test("CsvDecoder.push() reads ids of a megabyte", () => {
  const id = "x".repeat(2 ** 20);
  const text = `${HEADER}\n1,a,${id},2,3\n1,a,${quote(id)},2,3\n`;
  for (const sizeBytes of [1000, 262_144]) {
    const columns = decodeChunks(cut(encoder.encode(text), [sizeBytes]));
    assertEquals(columns.length, 2);
    assert(columns.series[0]!.satelliteId === id);
    assertEquals(columns.series.length, 1);
  }
});

Deno.test("CsvDecoder.push() reads a number of a million digits", () => {
  const number = `1.${"0".repeat(1e6)}1`;
  assertEquals(decode(`${HEADER}\n${number},a,b,${number},-1\n`), [{
    timestamp: 1,
    metricType: "a",
    satelliteId: "b",
    durationMs: 1,
    scenarioTimeS: -1,
  }]);
});

Deno.test("CsvDecoder.push() refuses a row above its limit before it has read more", () => {
  for (
    const [start, reason] of [
      ['1,a,"', "a quote is never closed"],
      ["1,a,", "the row is longer than 2097152 bytes"],
      ['1,a"b,', "a quote stands in an unquoted field"],
    ] as const
  ) {
    const decoder = new CsvDecoder(new MeasurementColumns(), 2 ** 21);
    runAtOnce(decoder.push(encoder.encode(`${HEADER}\n1,a,b,2,3\n${start}`)));
    const chunk = new Uint8Array(262_144).fill(0x78);
    let pushedBytes = 0;
    const error = assertThrows(() => {
      for (; pushedBytes < 2 ** 24; pushedBytes += chunk.length) {
        runAtOnce(decoder.push(chunk));
      }
    }, CsvSyntaxError);
    assert(pushedBytes <= 2 ** 21);
    assertEquals(error.line, 3);
    assert(error.message.includes(reason), error.message);
  }
});

Deno.test("CsvDecoder names the line and the reason of what is wrong", () => {
  const good = "1.5,a,b,2.5,3.5";
  for (
    const [text, line, reason] of [
      ["", 1, "the file is empty"],
      ["\ufeff", 1, "the file is empty"],
      ["\n\r\n", 3, "the file is empty"],
      [good, 1, "the header does not begin with timestamp,metric_type"],
      [`${HEADER.toUpperCase()}\n`, 1, "the header does not begin with"],
      [` ${HEADER}\n`, 1, "the header does not begin with"],
      [`\ufeff\ufeff${HEADER}\n`, 1, "the header does not begin with"],
      [`\n\ufeff${HEADER}\n`, 2, "the header does not begin with"],
      [
        `${HEADER}\n${HEADER}\n`,
        2,
        'timestamp is not a decimal number: "timestamp"',
      ],
      [`${HEADER}\n${good},\n`, 2, "there are 6 fields instead of 5"],
      [`${HEADER}\n${good}\n1,a,b,2\n`, 3, "there are 4 fields instead of 5"],
      [`${HEADER}\n${good}\n \n`, 3, "there are 1 fields instead of 5"],
      [`${HEADER}\n${good}\n\r\n\nx\n`, 5, "there are 1 fields instead of 5"],
      [`${HEADER}\n1,a,"b,2,3\n${good}`, 2, 'never closed: "\\"b,2,3'],
      [`${HEADER}\n1,a,b,2,"3`, 2, "a quote is never closed"],
      [`${HEADER}\n1,a"a,b,2,3\n`, 2, 'in an unquoted field: "a\\"a,b,2,3"'],
      [`${HEADER}\n1,a,b,2,3"\n`, 2, "a quote stands in an unquoted field"],
      [`${HEADER}\n1,"a"b,c,2,3\n`, 2, "text follows a closing quote"],
      [`${HEADER}\n1,"a\n\n","b"\n,2,3\n${good}`, 2, "there are 3 fields"],
      [
        `${HEADER}\n1,"a\r\n\n",b,2,3\n1,a,b,c,3\n`,
        5,
        'not a decimal number: "c"',
      ],
      [
        `${HEADER}\n1,a\rb,c,2,3\n`,
        2,
        "a carriage return stands in an unquoted",
      ],
      [
        `${HEADER}\n${good}\r\r\n`,
        2,
        "a carriage return stands in an unquoted",
      ],
      [`${HEADER}\r${good}\r`, 1, "a carriage return stands in an unquoted"],
      [`${HEADER}\n,a,b,2,3\n`, 2, 'the timestamp is not a decimal number: ""'],
      [
        `${HEADER}\n1,a,b,nan,3\n`,
        2,
        "the duration_ms is what Python writes for a number that is not finite",
      ],
      [
        `${HEADER}\n1,a,b,2,inf\n`,
        2,
        "the scenario_time_s is what Python writes",
      ],
      [`${HEADER}\n1,a,b, 2,3\n`, 2, 'not a decimal number: " 2"'],
      [`${HEADER}\n1,a,b,"2 ",3\n`, 2, 'not a decimal number: "2 "'],
      [`${HEADER}\n1,a,b,2_0,3\n`, 2, "not a decimal number"],
      [`${HEADER}\n1,a,b,0x2,3\n`, 2, "not a decimal number"],
      [`${HEADER}\n1,a,b,2.,3\n`, 2, "not a decimal number"],
      [`${HEADER}\n1,a,b,1.2.3,3\n`, 2, "not a decimal number"],
      [`${HEADER}\n1,a,b,2,3\0\n`, 2, "not a decimal number"],
      [
        `${HEADER}\n1,a,b,1e309,3\n`,
        2,
        'the duration_ms is too large for a double: "1e309"',
      ],
      [
        `${HEADER}\n${good}\n${good}\n-${"9".repeat(400)},a,b,2,3`,
        4,
        "too large",
      ],
    ] as const
  ) {
    const error = errorOf(text);
    assertEquals([error.line, text], [line, text]);
    assert(error.message.startsWith(`Line ${line}: `), error.message);
    assert(error.message.includes(reason), `${error.message} of ${text}`);
  }
});

Deno.test("CsvDecoder names the line of an id that is not UTF-8", () => {
  for (
    const id of [[0x80], [0xc3], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0xff]]
  ) {
    const bytes = Uint8Array.of(
      ...encoder.encode(`${HEADER}\n1,a,b,2,3\n1,a,`),
      ...id,
      ...encoder.encode(",2,3\n"),
    );
    const error = errorOf(bytes);
    assertEquals(error.line, 3);
    assert(error.message.includes("the satellite_id is not UTF-8"));
  }
});

Deno.test("CsvDecoder shows no more than the beginning of a long value", () => {
  const error = errorOf(`${HEADER}\n1,a,b,${"x".repeat(1e5)},3\n`);
  assert(error.message.length < 200, error.message);
  assert(error.message.includes('"xxxx'));
  assert(errorOf("x\n".repeat(2)).message.endsWith('"x"'));
});
