import { LatencyCollector } from "../../../mod.ts";
import { codeOrValue } from "./_sandbox.ts";
import { given, type HostileCase, refused, type Wanted } from "./_case.ts";

const HEADER = "timestamp,metric_type,satellite_id,duration_ms,scenario_time_s";
const ROW = "1770645801.25,downlink,SAT1,75.2,120.5";

const damaged = (...says: string[]) =>
  refused("RUN_DAMAGED", "latency_raw.csv", ...says);

const row = (cells: Record<number, string>) =>
  `${HEADER}\r\n${ROW}\r\n${
    ROW.split(",").map((cell, index) => cells[index] ?? cell).join(",")
  }\r\n`;

const BAD_NUMBERS = [
  "",
  " 1.0",
  "1.0 ",
  "NaN",
  "inf",
  "-Infinity",
  "0x10",
  "1_000",
  "1e",
  "--1",
  "１",
  "=1+1",
  "null",
];

const LOADED: readonly [
  name: string,
  content: string | Uint8Array,
  wanted: Wanted,
  look?: (collector: LatencyCollector) => unknown,
][] = [
  ["without a final line end is read", `${HEADER}\r\n${ROW}`, given(1)],
  [
    "with mixed line ends is read",
    `${HEADER}\n${ROW}\r\n${ROW}\n${ROW}`,
    given(3),
  ],
  [
    "with blank lines is read",
    `${HEADER}\r\n\r\n${ROW}\r\n\n${ROW}\r\n\r\n`,
    given(2),
  ],
  ["with a byte-order mark is read", `\ufeff${HEADER}\r\n${ROW}`, given(1)],
  ["with a header alone has no measurements", `${HEADER}\r\n`, given(0)],
  [
    "with quoted numbers is read",
    `${HEADER}\n"1.5","downlink","SAT1","2.5","3.5"\n`,
    given(1),
  ],
  [
    "with formula cells gives them as they are",
    row({ 2: "=cmd|' /C calc'!A0" }),
    given(["SAT1", "=cmd|' /C calc'!A0"]),
    (collector) => collector.satelliteIds,
  ],
  [
    "with names of object properties gives them as they are",
    row({ 1: "__proto__", 2: "constructor" }),
    given([["downlink", "__proto__"], ["SAT1", "constructor"]]),
    (collector) => [collector.metricTypes, collector.satelliteIds],
  ],
  [
    "with a line end in quotes gives it as it is",
    row({ 2: '"SAT\r\n2"' }),
    given(["SAT1", "SAT\r\n2"]),
    (collector) => collector.satelliteIds,
  ],
  ["that is empty is damaged", "", damaged("Line 1", "empty")],
  ["without a header is damaged", `${ROW}\r\n`, damaged("Line 1", "header")],
  [
    "with a column after the original's is read",
    `${HEADER},x\r\n${ROW},1\r\n`,
    given(1),
  ],
  [
    "with a column before the original's is damaged",
    `x,${HEADER}\r\n1,${ROW}\r\n`,
    damaged("Line 1", "header"),
  ],
  [
    "with its columns in another order is damaged",
    `${HEADER.split(",").reverse()}\r\n${ROW}\r\n`,
    damaged("Line 1", "header"),
  ],
  [
    "with semicolons is damaged",
    `${HEADER.replaceAll(",", ";")}\r\n`,
    damaged("Line 1", "header"),
  ],
  [
    "in UTF-16 is damaged",
    new Uint8Array(
      Uint16Array.from(`\ufeff${HEADER}`, (it) => it.charCodeAt(0)).buffer,
    ),
    damaged("Line 1"),
  ],
  [
    "with carriage returns alone is damaged",
    `${HEADER}\r${ROW}\r`,
    damaged("Line 1"),
  ],
  [
    "with a row too short is damaged",
    `${HEADER}\r\n${ROW}\r\n1.0,downlink\r\n`,
    damaged("Line 3", "2 fields"),
  ],
  [
    "with a row too long is damaged",
    `${HEADER}\r\n${ROW},9\r\n`,
    damaged("Line 2", "6 fields"),
  ],
  [
    "with a decimal comma is damaged",
    row({ 3: "75,2" }),
    damaged("Line 3", "6 fields"),
  ],
  [
    "with an open quote is damaged",
    row({ 2: '"SAT2' }),
    damaged("Line 3", "quote"),
  ],
  [
    "with text after a quote is damaged",
    row({ 2: '"SAT"2' }),
    damaged("Line 3", "quote"),
  ],
  [
    "with a quote in a plain cell is damaged",
    row({ 2: 'SAT"2' }),
    damaged("Line 3", "quote"),
  ],
  [
    "with an open quote before 4 MB is damaged",
    row({ 2: `"${"x".repeat(4e6)}` }),
    damaged("Line 3"),
  ],
  [
    "with 1e999 is damaged",
    row({ 3: "1e999" }),
    damaged("Line 3", "duration_ms", "too large", "1e999"),
  ],
  [
    "with an id that is not UTF-8 is damaged",
    new Uint8Array([
      ...new TextEncoder().encode(`${HEADER}\r\n1.0,downlink,`),
      0xff,
      ...new TextEncoder().encode(",1.0,1.0\r\n"),
    ]),
    damaged("Line 2", "satellite_id", "UTF-8"),
  ],
  ["of NULs is damaged", "\0".repeat(4096), damaged("Line 1")],
  ...BAD_NUMBERS.flatMap((text): [string, string, Wanted][] => [[
    `with the number ${JSON.stringify(text)} is damaged`,
    row({ 3: text }),
    damaged("Line 3", "duration_ms", JSON.stringify(text)),
  ]]),
];

export const CSV_CASES: readonly HostileCase[] = [
  ...LOADED.map(([name, content, wanted, look]): HostileCase => ({
    name: `a CSV ${name}`,
    wanted,
    run: async (bench) => {
      const storage = await bench.withCsv(content);
      const collector = await storage.loadMeasurements({ verify: false });
      return look === undefined ? collector.length : look(collector);
    },
  })),
  {
    name: "a CSV cut off after any of its bytes is not taken for whole",
    wanted: given([]),
    run: async (bench) => {
      const path = `${await bench.save()}/latency_raw.csv`;
      const { size } = await Deno.stat(path);
      const wrong: number[] = [];
      for (let length = size - 1; length >= 0; length--) {
        Deno.truncateSync(path, length);
        const load = () => bench.storage().loadMeasurements();
        if (await codeOrValue(load) !== "RUN_DAMAGED") wrong.push(length);
      }
      return wrong;
    },
  },
  {
    name: "a CSV of 100 MB of NULs is damaged and not kept in memory",
    wanted: damaged("Line 1"),
    run: async (bench) => {
      const storage = await bench.withCsv("");
      const path = `${bench.resultsDir}/run/latency_raw.csv`;
      await Deno.truncate(path, 100 * 1024 * 1024);
      return await storage.loadMeasurements({ verify: false });
    },
  },
  {
    name: "a CSV without a summary is not taken for whole",
    wanted: refused("RUN_NOT_FOUND", "no summary", "verify: false"),
    run: async (bench) =>
      await (await bench.withCsv(`${HEADER}\r\n`)).loadMeasurements(),
  },
  {
    name: "a CSV larger than its summary says is refused without being read",
    wanted: damaged("has 1073741824 bytes", "its summary says"),
    run: async (bench) => {
      const path = `${await bench.save()}/latency_raw.csv`;
      await Deno.truncate(path, 2 ** 30);
      return await bench.storage().loadMeasurements();
    },
  },
  {
    name: "a CSV whose line ends git has converted is read, and named",
    wanted: given([3, ["converted-line-ends"]]),
    run: async (bench) => {
      const path = `${await bench.save()}/latency_raw.csv`;
      const text = await Deno.readTextFile(path);
      await Deno.writeTextFile(path, text.replaceAll("\r\n", "\n"));
      const { length } = await bench.storage().loadMeasurements();
      const { problems } = await bench.storage().verifyRun();
      return [length, problems.map(({ kind }) => kind)];
    },
  },
  {
    name: "a CSV with a row more than a stamped summary says is damaged",
    wanted: damaged("its summary says"),
    run: async (bench) => {
      const path = `${await bench.save()}/latency_raw.csv`;
      await Deno.writeTextFile(path, `${ROW}\r\n`, { append: true });
      return await bench.storage().loadMeasurements();
    },
  },
  {
    name: "a CSV with a row less than a summary of the original says",
    wanted: damaged("has 2 measurements", "its summary says 3"),
    run: async (bench) => {
      const directory = await bench.save();
      const path = `${directory}/latency_summary.json`;
      const { raw_csv: _, summary_xxh32: __, ...original } = JSON.parse(
        await Deno.readTextFile(path),
      );
      await Deno.writeTextFile(path, JSON.stringify(original));
      const rows = `${HEADER}\r\n${ROW}\r\n${ROW}\r\n`;
      await Deno.writeTextFile(`${directory}/latency_raw.csv`, rows);
      return await bench.storage().loadMeasurements();
    },
  },
  {
    name: "a CSV that is not its summary's is given to who asks for it anyway",
    wanted: given(4),
    run: async (bench) => {
      const path = `${await bench.save()}/latency_raw.csv`;
      await Deno.writeTextFile(path, `${ROW}\r\n`, { append: true });
      return (await bench.storage().loadMeasurements({ verify: false })).length;
    },
  },
  ...[false, true].map((defuseFormulas): HostileCase => ({
    name: `exportCsv() ${
      defuseFormulas ? "defuses" : "keeps"
    } formulas with defuseFormulas: ${defuseFormulas}`,
    wanted: given(
      ["=1+1", "+1", "-1", "@SUM(A1)", '=HYPERLINK("x","y")', "a=1", "'=1"]
        .map((id) => defuseFormulas && /^[=+@-]/.test(id) ? `'${id}` : id),
    ),
    run: async (bench) => {
      const collector = new LatencyCollector({ clock: () => 1 });
      for (
        const id of [
          "=1+1",
          "+1",
          "-1",
          "@SUM(A1)",
          '=HYPERLINK("x","y")',
          "a=1",
          "'=1",
        ]
      ) collector.recordFaultDetection(id, 1.5, 2.5);
      await Deno.mkdir(`${bench.resultsDir}/run`);
      await collector.exportCsv(`${bench.resultsDir}/run/latency_raw.csv`, {
        defuseFormulas,
      });
      const exported = await bench.storage()
        .loadMeasurements({ verify: false });
      for (const { durationMs } of exported.measurements) {
        if (durationMs !== 2.5) throw new Error("a number was changed");
      }
      return exported.satelliteIds;
    },
  })),
];
