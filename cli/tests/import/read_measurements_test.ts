import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ImportError } from "../../src/import/import_error.ts";
import type { ReadMeasurementsOptions } from "../../src/import/import_options.ts";
import { readMeasurements } from "../../src/import/read_measurements.ts";
import { inShort, read, streamOf, testFile } from "./_read.ts";

const MAPPED: ReadMeasurementsOptions = {
  mapping: {
    metricType: { value: "m" },
    satelliteId: { value: "s" },
    duration: "wait",
  },
};

Deno.test("readMeasurements() reads the package's own CSV without a mapping", async () => {
  const csv =
    "timestamp,metric_type,satellite_id,duration_ms,scenario_time_s\r\n" +
    '1770645801.25,fault_detection,"SAT ""1"", A",75.2,120.5\r\n' +
    "1770645801.5,fault_detection,SAT2,131.7,120.75\r\n";
  assertEquals(await read(csv), {
    format: "csv",
    rows: 2,
    skippedRows: 0,
    firstSkipped: undefined,
    measurements: [
      {
        timestamp: 1770645801.25,
        metricType: "fault_detection",
        satelliteId: 'SAT "1", A',
        durationMs: 75.2,
        scenarioTimeS: 120.5,
      },
      {
        timestamp: 1770645801.5,
        metricType: "fault_detection",
        satelliteId: "SAT2",
        durationMs: 131.7,
        scenarioTimeS: 120.75,
      },
    ],
  });
});

const TOOLS: readonly [
  file: string,
  format: string,
  options: ReadMeasurementsOptions,
  rows: unknown[][],
][] = [
  ["k6.csv", "k6", {}, [
    ["http_req_duration", "k6", 221.899, 0],
    ["http_req_blocked", "k6", 225.275, 0],
    ["http_req_duration", "k6", 218.5, 1],
    ["iteration_duration", "k6", 1452.012345, 1],
  ]],
  [
    "k6.csv",
    "k6",
    {
      metrics: ["http_req_duration"],
      mapping: { satelliteId: { column: "url" } },
    },
    [
      ["http_req_duration", "http://bench.test/", 221.899, 0],
      ["http_req_duration", "http://bench.test/?q=a,b", 218.5, 1],
    ],
  ],
  ["k6.json", "k6", {}, [
    ["http_req_duration", "k6", 459.865729, 0.25012345],
    ["http_req_duration", "k6", 460.5, 0],
  ]],
  [
    "k6.json",
    "k6",
    {
      metrics: ["queue_length"],
      mapping: { satelliteId: { column: "data.tags.scenario" } },
    },
    [["queue_length", "default", 12, 0]],
  ],
  ["jmeter.jtl", "jtl", {}, [
    ["GET /", "jmeter", 1858, 0.25],
    ["GET /", "jmeter", 2150, 0],
    ["POST /orders, paid", "jmeter", 312, 2.12],
  ]],
  [
    "jmeter.jtl",
    "jtl",
    { mapping: { satelliteId: { column: "threadName" }, duration: "Latency" } },
    [
      ["GET /", "Thread Group 1-1", 1700, 0.25],
      ["GET /", "Thread Group 1-2", 2000, 0],
      ["POST /orders, paid", "Thread Group 1-1", 300, 2.12],
    ],
  ],
];

for (const [file, format, options, rows] of TOOLS) {
  const told = JSON.stringify(options);
  Deno.test(`readMeasurements() reads ${file} as ${format} with ${told}`, async () => {
    const found = await read(await testFile(file), options);
    assertEquals(found.format, format);
    assertEquals(inShort(found), rows);
  });
}

Deno.test("readMeasurements() reads every time of hyperfine, in milliseconds", async () => {
  const bytes = await testFile("hyperfine.json");
  const { results } = JSON.parse(new TextDecoder().decode(bytes));
  const found = await read(bytes);
  assertEquals(found.format, "hyperfine");
  assertEquals(
    inShort(found),
    results.flatMap((it: { command: string; times: number[] }) =>
      it.times.map((
        s,
      ) => [it.command, "hyperfine", Number(`${s}e3`), 0])
    ),
  );
  assertEquals(found.measurements[0]?.durationMs, 12.334862);
});

Deno.test("readMeasurements() reads every sample of this project's benchmarks by mitata, in no order", async () => {
  const bytes = await testFile("mitata.json");
  const { benchmarks } = JSON.parse(new TextDecoder().decode(bytes));
  const found = await read(bytes, {
    mapping: { satelliteId: { value: "bench-1" } },
  });
  assertEquals(found.format, "mitata");
  for (const { alias, runs: [run] } of benchmarks) {
    const durations = found.measurements
      .filter((it) => it.metricType === alias && it.satelliteId === "bench-1")
      .map((it) => it.durationMs);
    const wanted = run.stats.samples.map((ns: number) => Number(`${ns}e-6`));
    assertEquals(durations.toSorted((a, b) => a - b), wanted, alias);
    const ascents = durations.filter((it, i) => it > durations[i - 1]!).length;
    assertEquals(ascents > 10 && ascents < 30, true, `${ascents} of 40`);
  }
  assertEquals(found.rows, 120);
  // The order is drawn, and the same each time.
  assertEquals(await read(bytes, { format: "mitata" }), {
    ...found,
    measurements: found.measurements.map((it) => ({
      ...it,
      satelliteId: "mitata",
    })),
  });
});

Deno.test("readMeasurements() tells apart the runs of a benchmark with arguments", async () => {
  const stats = { samples: [1e6, 2e6] };
  const run = (n: number, name = "sort") => ({ name, args: { n }, stats });
  const document = {
    layout: [{ name: null }, { name: "lists" }],
    benchmarks: [
      { alias: "sort", group: 1, runs: [run(1), run(8)] },
      { alias: "sum $n", group: 0, runs: [run(1, "sum 1"), run(8, "sum 8")] },
    ],
  };
  const { measurements } = await read(JSON.stringify(document));
  assertEquals([...new Set(measurements.map((it) => it.metricType))], [
    'lists: sort {"n":1}',
    'lists: sort {"n":8}',
    "sum 1",
    "sum 8",
  ]);
});

const REFUSED: readonly [
  what: string,
  input: string | Promise<Uint8Array>,
  options: ReadMeasurementsOptions,
  code: string,
  message: string,
][] = [
  [
    "the results of deno bench",
    testFile("deno_bench.json"),
    {},
    "NO_SAMPLES",
    "measure with mitata, whose JSON has every sample",
  ],
  [
    "locust's statistics",
    testFile("locust_stats.csv"),
    {},
    "NO_SAMPLES",
    "locust's statistics have no raw samples, and none can be made of them: ",
  ],
  [
    "locust's statistics, whatever the mapping",
    testFile("locust_stats.csv"),
    {
      mapping: {
        ...{ metricType: { column: "Name" }, satelliteId: { value: "s" } },
        duration: "Median Response Time",
      },
    },
    "NO_SAMPLES",
    "none can be made of them",
  ],
  [
    "hyperfine's CSV",
    testFile("hyperfine.csv"),
    {},
    "NO_SAMPLES",
    "export them with --export-json",
  ],
  [
    "hyperfine without times",
    '{"results":[{"command":"a","mean":0.1}]}',
    {},
    "NO_SAMPLES",
    "results of hyperfine without times",
  ],
  [
    "k6's summary",
    '{\n  "root_group": {},\n  "metrics": {}\n}',
    {},
    "NO_SAMPLES",
    "write every point with --out csv or --out json",
  ],
  [
    "mitata without samples",
    '{"benchmarks":[{"alias":"a","runs":[{"stats":{"avg":1,"samples":null}}]}]}',
    {},
    "NO_SAMPLES",
    "samples: true",
  ],
  [
    "Google Benchmark",
    '{"context":{},"benchmarks":[{"name":"BM_a","real_time":1.5}]}',
    {},
    "NO_SAMPLES",
    'benchmarks such as "BM_a" have no raw samples',
  ],
  [
    "a benchmark that failed",
    '{"benchmarks":[{"alias":"a","runs":[{"error":{"message":"no disk"}}]}]}',
    {},
    "BAD_ROW",
    'the benchmark "a" failed: no disk',
  ],
  [
    "another tool's document than was told",
    '{"results":[]}',
    { format: "mitata" },
    "UNKNOWN_FORMAT",
    "neither mitata's nor hyperfine's",
  ],
  [
    "mitata's document as hyperfine's",
    '{"benchmarks":[{"alias":"a","runs":[]}]}',
    { format: "hyperfine" },
    "UNKNOWN_FORMAT",
    "the JSON is not hyperfine's, since it has benchmarks",
  ],
  [
    "a document that is cut off",
    '{"results":[{"command":"a","times":[0.1,',
    { format: "hyperfine" },
    "BAD_ROW",
    "Line 1: the JSON ",
  ],
  [
    "a document that is not JSON",
    '{\n"results": [\n}',
    {},
    "BAD_ROW",
    "the JSON is not well-formed",
  ],
  [
    "a JSON array",
    '[{"metric_type":"a"}]',
    {},
    "UNKNOWN_FORMAT",
    "jq -c '.[]'",
  ],
  ["XML", "<?xml version='1.0'?>", {}, "UNKNOWN_FORMAT", "as CSV"],
  ["Parquet", "PAR1\x15\x04", {}, "UNKNOWN_FORMAT", "Parquet"],
  ["nothing", "", {}, "UNKNOWN_FORMAT", "the input is empty"],
  ["blank lines", "\n \n", {}, "UNKNOWN_FORMAT", "the input is empty"],
  ["prose", "Once upon a time", {}, "UNKNOWN_FORMAT", '"Once upon a time"'],
  [
    "a CSV of unknown columns",
    "host,wait\na,1\n",
    {},
    "BAD_MAPPING",
    'no column is known to be the duration: map one of "host", "wait"',
  ],
  [
    "a column that is not there",
    "host,wait_us\na,1\n",
    MAPPED,
    "BAD_MAPPING",
    'there is no column "wait" for the duration: there are "host", "wait_us"',
  ],
  [
    "a column of which there are two",
    "wait,wait\na,1\n",
    MAPPED,
    "BAD_MAPPING",
    'there are several columns "wait": map one by its number',
  ],
  [
    "a number of no column",
    "a,1\n",
    { mapping: { ...MAPPED.mapping, duration: 3 } },
    "BAD_MAPPING",
    "there is no column 3 for the duration",
  ],
  [
    "a first line with two delimiters",
    "a;b,1\n",
    { mapping: { ...MAPPED.mapping, duration: 2 } },
    "BAD_MAPPING",
    'the first line has "," and ";": tell which',
  ],
  [
    "a key that is not there",
    '{"a":1}\n',
    { ...MAPPED, format: "jsonl" },
    "BAD_MAPPING",
    'there is no key "wait" for the duration: there are "a"',
  ],
  [
    "a metric of k6 that is no duration",
    testFile("k6.json"),
    { metrics: ["http_reqs"] },
    "BAD_MAPPING",
    'the metric "http_reqs" is a counter, which has no durations',
  ],
];

for (const [what, input, options, code, message] of REFUSED) {
  Deno.test(`readMeasurements() refuses ${what}`, async () => {
    const bytes = await input;
    const error = await assertRejects(
      () => read(bytes, options),
      ImportError,
      message,
    );
    assertEquals(error.code, code);
  });
}

const BAD_ROWS: readonly [
  row: string,
  options: ReadMeasurementsOptions,
  message: string,
][] = [
  ["abc", {}, 'Line 3: duration "abc" in column "wait" is not a number'],
  ['""', {}, 'Line 3: duration "" in column "wait" is not a number'],
  ["-1", {}, 'Line 3: duration "-1" in column "wait" is negative'],
  ["1e999", {}, 'Line 3: duration "1e999" in column "wait" is too large'],
  ["0x10", {}, 'duration "0x10" in column "wait" is not a number'],
  ["Infinity", {}, '"Infinity" in column "wait" is not a number'],
  ["NaN", {}, '"NaN" in column "wait" is not a number'],
  ["1_000", {}, '"1_000" in column "wait" is not a number'],
  ['"1,5"', {}, 'not a number with "." as the decimal sign: tell the decimal'],
  ['"1,234.5"', {}, "write no separators of thousands"],
  ["1.234", { decimal: "," }, 'not a number with "," as the decimal sign'],
  ['"1.234,5"', { decimal: "," }, "write no separators of thousands"],
  ['"1,2,3"', { decimal: "," }, "is not a number"],
  ["1,2", {}, "Line 3: the row has 2 fields, and the first 1"],
  ['1"2', {}, "Line 3: a quote stands in a field without quotes"],
  ['"1"2', {}, "Line 3: something follows the closing quote of a field"],
  ["x".repeat(99), {}, `"${"x".repeat(40)}"... in column`],
];

for (const [row, options, message] of BAD_ROWS) {
  const input = `wait\n1\n${row}\n2\n`;
  const told = `${row.slice(0, 12)} ${JSON.stringify(options)}`;
  const how = { ...MAPPED, ...options, format: "csv", delimiter: "," } as const;
  Deno.test(`readMeasurements() fails at the row ${told}`, async () => {
    const error = await assertRejects(() => read(input, how), ImportError);
    assertEquals(error.message.includes(message), true, error.message);
    assertEquals(error.line, 3);
  });
  Deno.test(`readMeasurements() passes over the row ${told} if told to`, async () => {
    const found = await read(input, { ...how, badRows: "skip" });
    assertEquals(found.measurements.map((it) => it.durationMs), [1, 2]);
    assertEquals([found.rows, found.skippedRows], [2, 1]);
    assertEquals(found.firstSkipped?.includes(message), true);
  });
}

Deno.test("readMeasurements() goes on after a quote that opens nothing", async () => {
  const csv = 'metric_type,satellite_id,duration_ms\na,5" disk,1\na,b,2\n' +
    "a,b,3\n";
  const found = await read(csv, { badRows: "skip" });
  assertEquals(found.measurements.map((it) => it.durationMs), [2, 3]);
  assertEquals(found.skippedRows, 1);
});

const NAMES: readonly [name: string, flaw: string][] = [
  ["", "empty"],
  ["  ", "blank"],
  ["a\u0007b", "with control characters"],
  ['"a\nb"', "with control characters"],
];

for (const [name, flaw] of NAMES) {
  Deno.test(`readMeasurements() refuses a satellite that is ${flaw}: ${JSON.stringify(name)}`, async () => {
    const csv = `metric_type,satellite_id,duration_ms\na,${name},1\n`;
    await assertRejects(
      () => read(csv),
      ImportError,
      `Line 2: the satellite is ${flaw}`,
    );
  });
}

const JSON_LINES: readonly [
  lines: string,
  options: ReadMeasurementsOptions,
  rows: unknown[][] | string,
][] = [
  [
    '{"metricType":"a","satelliteId":"b","durationMs":1.5,"scenarioTimeS":2}\n',
    {},
    [["a", "b", 1.5, 2]],
  ],
  [
    '{"metric":"a","satellite":7,"duration_us":"1500"}\r\n\r\n' +
    '{"metric":"a","satellite":7,"duration_us":2e3}',
    {},
    [["a", "7", 1.5, 0], ["a", "7", 2, 0]],
  ],
  [
    '{"a.b":"x","t":{"s":"y"},"d":1}\n',
    {
      mapping: {
        metricType: { column: "a.b" },
        satelliteId: { column: "t.s" },
        duration: "d",
      },
      durationUnit: "s",
    },
    [["x", "y", 1000, 0]],
  ],
  ["null\n", { format: "jsonl" }, 'Line 1: "null" is not a JSON object'],
  [
    '{"metric":"a","satellite":"b","duration_ms":1}\n{"metric":"a"\n',
    {},
    'Line 2: "{\\"metric\\":\\"a\\"" is not JSON',
  ],
  [
    '{"metric":"a","satellite":"b","duration_ms":1}\n{"metric":"a"}\n',
    {},
    'Line 2: the satellite at key "satellite" is not a string',
  ],
  [
    '{"metric":"a","satellite":"b","duration_ms":[1]}\n',
    {},
    'Line 1: duration "[1]" in key "duration_ms" is not a number',
  ],
];

for (const [lines, options, rows] of JSON_LINES) {
  Deno.test(`readMeasurements() reads JSON lines: ${lines.slice(0, 60)}`, async () => {
    if (typeof rows === "string") {
      await assertRejects(() => read(lines, options), ImportError, rows);
    } else {
      const found = await read(lines, options);
      assertEquals([found.format, inShort(found)], ["jsonl", rows]);
    }
  });
}

const PLAIN_LINES: readonly [
  lines: string,
  options: ReadMeasurementsOptions,
  rows: unknown[][] | string,
][] = [
  ["m SAT1 75.2\nm\tSAT2  8e1\t12.5 \n", {}, [
    ["m", "SAT1", 75.2, 0],
    ["m", "SAT2", 80, 12.5],
  ]],
  ["m SAT1 75,2 1,5", { decimal: ",", durationUnit: "us" }, [
    ["m", "SAT1", 0.0752, 1.5],
  ]],
  ["m SAT1 1\nm SAT1\n", {}, "Line 2: the line has 2 words"],
  ["m SAT1 1\n\nm SAT 1 2 3\n", {}, "Line 3: the line has 5 words"],
  ["m SAT1 1 x\n", {}, 'Line 1: scenario time "x" is not a number'],
];

for (const [lines, options, rows] of PLAIN_LINES) {
  Deno.test(`readMeasurements() reads lines: ${JSON.stringify(lines)}`, async () => {
    if (typeof rows === "string") {
      await assertRejects(() => read(lines, options), ImportError, rows);
    } else {
      const found = await read(lines, options);
      assertEquals([found.format, inShort(found)], ["lines", rows]);
    }
  });
}

const TIMES: readonly [
  times: string[],
  options: ReadMeasurementsOptions,
  scenarioTimes: number[] | string,
][] = [
  [["1770645801.25", "1770645801.35"], {}, [0, 0.1]],
  [["1770645801250", "1770645801350"], { timestampUnit: "ms" }, [0, 0.1]],
  [
    ["1770645801250000001", "1770645801250000101"],
    { timestampUnit: "ns" },
    [0, 1e-7],
  ],
  [["2026-02-09T14:03:21.5Z", "2026-02-09 16:03:22+02:00"], {}, [0, 0.5]],
  [["2026-02-09 14:03:21", "2026-02-09T14:03:21,25"], {}, [0, 0.25]],
  [["2026-02-09T14:03:21Z", "2026-02-09T09:33:22-0430"], {}, [0, 1]],
  [["1770645801", "1770645802"], { timeOrigin: 1770645800.5 }, [0.5, 1.5]],
  [["5", "3", "4"], { timeOrigin: "earliest" }, [2, 0, 1]],
  [["5", "3"], {}, "Line 3: the timestamp is 2 s before that of the first row"],
  [["5", "6"], { timeOrigin: 5.5 }, "is 0.5 s before the origin: tell the"],
  [["2026-02-30T00:00:00Z"], {}, "is neither Unix time nor ISO 8601"],
  [["noon"], {}, 'timestamp "noon" in column "timestamp" is neither'],
  [["1770645801250"], {}, "is later than the year 2286 in s: tell the unit"],
];

for (const [times, options, scenarioTimes] of TIMES) {
  Deno.test(`readMeasurements() makes scenario times of ${times.join()} ${JSON.stringify(options)}`, async () => {
    const csv = "timestamp,metric_type,satellite_id,duration_ms\n" +
      times.map((it) => `"${it}",m,s,1\n`).join("");
    if (typeof scenarioTimes === "string") {
      await assertRejects(
        () => read(csv, options),
        ImportError,
        scenarioTimes,
      );
    } else {
      const { measurements } = await read(csv, options);
      assertEquals(
        measurements.map((it) => it.scenarioTimeS),
        scenarioTimes,
      );
    }
  });
}

Deno.test("readMeasurements() finds the earliest time among the first 4,096 rows", async () => {
  const csv = (rows: number) =>
    "timestamp,metric_type,satellite_id,duration_ms\n" +
    Array.from({ length: rows }, (_, i) => `${9000 - i},m,s,1\n`).join("");
  const options = { timeOrigin: "earliest" } as const;
  const { measurements } = await read(csv(4096), options);
  assertEquals(
    [measurements.length, measurements.at(-1)?.scenarioTimeS],
    [4096, 0],
  );
  await assertRejects(
    () => read(csv(4097), options),
    ImportError,
    "Line 4098: the timestamp is 1 s before the earliest of the first 4096",
  );
});

const WRONG_OPTIONS: readonly [options: unknown, message: string][] = [
  [{ format: "xml" }, 'format must be one of "csv", "jsonl"'],
  [{ durationUnit: "min" }, 'durationUnit must be one of "ns", "us"'],
  [{ decimal: "" }, 'decimal must be one of ".", ",": ""'],
  [{ badRows: true }, 'badRows must be one of "fail", "skip": true'],
  [{ delimiter: ";;" }, "delimiter must be one character"],
  [{ delimiter: '"' }, "delimiter must be one character"],
  [{ timeOrigin: NaN }, 'timeOrigin must be "first", "earliest" or a number'],
  [
    { format: "mitata", mapping: { duration: "x" } },
    "mitata has no columns",
  ],
];

for (const [options, message] of WRONG_OPTIONS) {
  Deno.test(`readMeasurements() refuses the options ${JSON.stringify(options)}`, () => {
    assertThrows(
      () => readMeasurements(streamOf(""), options as ReadMeasurementsOptions),
      Error,
      message,
    );
  });
}
