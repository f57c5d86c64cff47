import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { stringify } from "@std/csv";
import fc from "fast-check";
import { MeasurementColumns } from "../../../src/columns/measurement_columns.ts";
import {
  encodeCsv,
  type EncodeCsvOptions,
} from "../../../src/formats/csv/csv_encoder.ts";
import type { Measurement } from "../../../src/model/measurement.ts";
import { doubles } from "./decimal/_doubles.ts";
import { naiveCsv } from "./_naive_csv.ts";

const RUNS = new URL("../../testdata/astraguard-runs/", import.meta.url);

/** More rows than a chunk has room for. */
const MANY = 5000;

function columnsOf(measurements: readonly Measurement[]): MeasurementColumns {
  const columns = new MeasurementColumns();
  for (const one of measurements) {
    const { metricType, satelliteId } = one;
    columns.append(
      one.timestamp,
      columns.findSeries(metricType, satelliteId) ??
        columns.addSeries(metricType, satelliteId),
      one.durationMs,
      one.scenarioTimeS,
    );
  }
  return columns;
}

function encode(
  measurements: readonly Measurement[],
  options?: EncodeCsvOptions,
): string {
  return decode(encodeCsv(columnsOf(measurements), options));
}

function decode(chunks: Iterable<Uint8Array>): string {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let text = "";
  for (const chunk of chunks) text += decoder.decode(chunk, { stream: true });
  return text + decoder.decode();
}

/** The same measurements over and over. */
function repeat(measurements: readonly Measurement[]): Measurement[] {
  return Array.from(
    { length: MANY },
    (_, i) => measurements[i % measurements.length]!,
  );
}

function measurementOf(metricType: string, satelliteId: string): Measurement {
  return {
    timestamp: 1795409052.25,
    metricType,
    satelliteId,
    durationMs: 100.5,
    scenarioTimeS: 1,
  };
}

/** Fails with the first line that differs, as whole files are too long. */
function assertSameLines(text: string, wanted: string): void {
  if (text === wanted) return;
  const lines = text.split("\n");
  const wantedLines = wanted.split("\n");
  const index = wantedLines.findIndex((line, i) => line !== lines[i]);
  assertEquals(lines[index], wantedLines[index], `line ${index + 1}`);
  assertEquals(lines.length, wantedLines.length);
}

/** A run of the original, cut at commas: no field of it is quoted. */
async function readRun(runId: string): Promise<[string, Measurement[]]> {
  const text = await Deno.readTextFile(
    new URL(`${runId}/latency_raw.csv`, RUNS),
  );
  const rows = text.split("\r\n").slice(1, -1).map((line) => line.split(","));
  return [
    text,
    rows.map((row) => ({
      timestamp: Number(row[0]),
      metricType: row[1]!,
      satelliteId: row[2]!,
      durationMs: Number(row[3]),
      scenarioTimeS: Number(row[4]),
    })),
  ];
}

const text = fc.oneof(
  fc.string({ unit: "grapheme" }),
  fc.string({ unit: fc.constantFrom(",", '"', "\r", "\n", "a", "é", "🛰") }),
);

const measurement: fc.Arbitrary<Measurement> = fc.record({
  timestamp: fc.double({ noNaN: true, noDefaultInfinity: true }),
  metricType: text,
  satelliteId: text,
  durationMs: fc.double({ noNaN: true, noDefaultInfinity: true }),
  scenarioTimeS: fc.double({ noNaN: true, noDefaultInfinity: true }),
});

for await (const run of Deno.readDir(RUNS)) {
  if (!run.isDirectory) continue;
  Deno.test(`encodeCsv() writes the original's bytes of ${run.name}`, async () => {
    const [wanted, measurements] = await readRun(run.name);
    assertSameLines(encode(measurements), wanted);
    assertSameLines(
      encode(repeat(measurements)),
      naiveCsv(repeat(measurements)),
    );
  });
}

Deno.test("encodeCsv() equals the naive form for any measurements", () => {
  fc.assert(fc.property(fc.array(measurement), (measurements) => {
    assertSameLines(encode(measurements), naiveCsv(measurements));
  }));
});

Deno.test("encodeCsv() equals the naive form for any large run", () => {
  fc.assert(
    fc.property(fc.array(measurement, { minLength: 1 }), (measurements) => {
      const many = repeat(measurements);
      assertSameLines(encode(many), naiveCsv(many));
    }),
    { numRuns: 20 },
  );
});

Deno.test("encodeCsv() equals the naive form over several blocks", () => {
  const values = [...doubles(120_000, 3)];
  const measurements = Array.from({ length: 35_000 }, (_, i) => ({
    timestamp: values[3 * i]!,
    metricType: `type ${i % 3}`,
    satelliteId: `SAT-${i * i % 1000}`,
    durationMs: values[3 * i + 1]!,
    scenarioTimeS: values[3 * i + 2]!,
  }));
  assertSameLines(encode(measurements), naiveCsv(measurements));
});

Deno.test("encodeCsv() of no measurements is the header", () => {
  assertEquals(
    encode([]),
    "timestamp,metric_type,satellite_id,duration_ms,scenario_time_s\r\n",
  );
});

Deno.test("encodeCsv() equals the naive form around the ends of batches", () => {
  const measurements = repeat([
    measurementOf("a", "1"),
    measurementOf("b", "2"),
  ]);
  for (const length of [1, 255, 256, 257, 511, 512, 513, 4999]) {
    const some = measurements.slice(0, length);
    assertSameLines(encode(some), naiveCsv(some));
  }
});

Deno.test("encodeCsv() quotes as @std/csv does, and a lone CR as Python does", () => {
  const fields = [
    "",
    " ",
    "a b",
    "a,b",
    'say "hi"',
    '"',
    "a\r\nb",
    "\n",
    "é,🛰",
  ];
  const measurements = fields.flatMap((one) =>
    fields.map((other) => measurementOf(one, other))
  );
  const rows = stringify(
    measurements.map((one) => [
      "1795409052.25",
      one.metricType,
      one.satelliteId,
      "100.5",
      "1.0",
    ]),
    { headers: false },
  );
  assertEquals(encode(measurements).slice(naiveCsv([]).length), rows);
  assertStringIncludes(
    encode([measurementOf("a\rb", "c")]),
    ',"a\rb",c,100.5',
  );
});

Deno.test("encodeCsv() writes texts longer than a chunk", () => {
  const many = repeat([
    measurementOf("short", "1"),
    measurementOf("x".repeat(20_000), "2"),
    measurementOf("short", "3"),
  ]).slice(0, 4200);
  many[4100] = measurementOf("long", "🛰".repeat(100_000));
  many[4101] = measurementOf("y".repeat(300_000), "4");
  assert(encode(many) === naiveCsv(many));
});

Deno.test("encodeCsv() leaves formulas alone unless told to defuse them", () => {
  const formulas = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx"];
  const measurements = formulas.map((one) => measurementOf(one, "a=b"));
  assertEquals(encode(measurements), naiveCsv(measurements));
  for (const some of [measurements, repeat(measurements)]) {
    assertEquals(
      encode(some, { defuseFormulas: true }),
      naiveCsv(some.map((one) => ({
        ...one,
        metricType: `'${one.metricType}`,
      }))),
    );
  }
});

Deno.test("encodeCsv() keeps a chunk valid until the chunk after the next", () => {
  const many = repeat([measurementOf("a", "1"), measurementOf("b", "22")]);
  const measurements = [...many, ...many, ...many, ...many];
  const chunks = encodeCsv(columnsOf(measurements));
  const decoder = new TextDecoder();
  let pending: Uint8Array | undefined;
  let text = "";
  let count = 0;
  for (const chunk of chunks) {
    if (pending !== undefined) text += decoder.decode(pending);
    pending = chunk;
    count++;
  }
  assert(count > 3);
  assertSameLines(text + decoder.decode(pending), naiveCsv(measurements));
});

Deno.test("encodeCsv() uses two buffers in turns once chunks have grown", () => {
  const many = repeat([measurementOf("a", "1")]);
  const columns = columnsOf([...many, ...many, ...many, ...many]);
  const buffers = [...encodeCsv(columns)].map((chunk) => chunk.buffer);
  assert(buffers.length > 4);
  assertEquals(new Set(buffers.slice(-4)).size, 2);
});

Deno.test("encodeCsv() encodes more than 20,000 rows by columns", () => {
  const many = repeat([measurementOf("a", "1")]);
  const columns = columnsOf([...many, ...many, ...many, ...many, many[0]!]);
  const chunks = [...encodeCsv(columns)].filter(({ length }) => length > 0);
  assert(chunks.length > 4);
  assertEquals(new Set(chunks.map(({ buffer }) => buffer)).size, 2);
});

Deno.test("encodeCsv() can encode two runs in turns", () => {
  const one = repeat([measurementOf("a", "1")]);
  const other = repeat([measurementOf("b", "2")]);
  const encoders = [one, other].map((some) => encodeCsv(columnsOf(some)));
  const texts = ["", ""];
  for (let running = 2; running > 0;) {
    running = 0;
    for (const [i, encoder] of encoders.entries()) {
      const step = encoder.next();
      if (step.done) continue;
      texts[i] += new TextDecoder().decode(step.value);
      running++;
    }
  }
  assertEquals(texts, [naiveCsv(one), naiveCsv(other)]);
});
