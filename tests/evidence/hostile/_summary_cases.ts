import { type RunMetrics, StorageError } from "../../../mod.ts";
import { type Bench, codeOrValue } from "./_sandbox.ts";
import { given, type HostileCase, refused, type Wanted } from "./_case.ts";

const STATS =
  '{"count": 1, "mean_ms": 1.0, "p50_ms": 1.0, "p95_ms": 1.0, "p99_ms": 1.0, "max_ms": 1.0, "min_ms": 1.0}';

/** The fields of a summary as JSON; an empty text leaves one out. */
const FIELDS: Readonly<Record<string, string>> = {
  run_id: '"run"',
  timestamp: '"2026-02-09T14:03:21.204661"',
  total_measurements: "1",
  measurement_types: '{"downlink": 1}',
  stats: `{"downlink": ${STATS}}`,
  stats_by_satellite: `{"SAT1": {"downlink": ${STATS}}}`,
};

const MAX_SUMMARY_BYTES = 256 * 1024 * 1024;

function summary(changes: Readonly<Record<string, string>> = {}): string {
  const fields = Object.entries({ ...FIELDS, ...changes })
    .filter(([, json]) => json !== "")
    .map(([key, json]) => `"${key}": ${json}`);
  return `{${fields.join(", ")}}`;
}

function utf16(text: string, mark: string): Uint8Array {
  const units = Uint16Array.from(mark + text, (unit) => unit.charCodeAt(0));
  return new Uint8Array(units.buffer);
}

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

const damaged = (...says: string[]) =>
  refused("RUN_DAMAGED", "latency_summary.json", ...says);

const READ: readonly [
  name: string,
  content: string | Uint8Array,
  wanted: Wanted,
  look?: (metrics: RunMetrics) => unknown,
][] = [
  ["with a byte-order mark is read", `\ufeff${summary()}`, given(1)],
  ["in UTF-16 is damaged", utf16(summary(), "\ufeff"), damaged("not UTF-8")],
  ["in UTF-16 without a mark is damaged", utf16(summary(), ""), damaged()],
  [
    "with a byte that is not UTF-8 is damaged",
    Uint8Array.of(0x7b, 0xff, 0x7d),
    damaged("not UTF-8"),
  ],
  [
    "with a surrogate in UTF-8 is damaged",
    Uint8Array.of(0x22, 0xed, 0xa0, 0x80, 0x22),
    damaged("not UTF-8"),
  ],
  ["that is empty is damaged", "", damaged("empty")],
  ["of white space is damaged", " \n", damaged("not JSON")],
  ["of NULs is damaged", "\0".repeat(512), damaged("not JSON")],
  ["with text after its end is damaged", `${summary()}{}`, damaged("not JSON")],
  ["with a comment is damaged", `// x\n${summary()}`, damaged("not JSON")],
  ["with a comma too many is damaged", '{"run_id": "x",}', damaged("not JSON")],
  ["that is HTML is damaged", "<html></html>", damaged("not JSON")],
  ["whose root is null is damaged", "null", damaged("an object: null")],
  ["whose root is an array is damaged", "[{}]", damaged("an object: an array")],
  ["whose root is a string is damaged", '"run"', damaged('an object: "run"')],
  ["whose root is a number is damaged", "7", damaged("an object: 7")],
  ["whose root has no fields is damaged", "{}", damaged("run_id is missing")],
  [
    "whose root is nested 100,000 deep is damaged",
    nested(100_000),
    damaged("an object: an array"),
  ],
  [
    "with a field nested 100,000 deep is damaged",
    summary({ stats: nested(100_000) }),
    damaged("stats must be"),
  ],
  [
    "with an unknown field nested 100,000 deep is read",
    summary({ note: nested(100_000) }),
    given(1),
  ],
  [
    "with 1e999 is damaged",
    summary({ stats: `{"x": ${STATS.replace("1.0", "1e999")}}` }),
    damaged("stats.x.mean_ms", "Infinity"),
  ],
  [
    "with NaN, as Python writes it, is damaged",
    summary({ stats: `{"x": ${STATS.replace("1.0", "NaN")}}` }),
    damaged("NaN", "Python"),
  ],
  [
    "with a figure of null is damaged",
    summary({ stats: `{"x": ${STATS.replace("1.0", "null")}}` }),
    damaged("stats.x.mean_ms", "null"),
  ],
  [
    "with a figure in quotes is damaged",
    summary({ stats: `{"x": ${STATS.replace("1.0", '"1.0"')}}` }),
    damaged("stats.x.mean_ms"),
  ],
  [
    "with duplicate keys: the last one counts, as in Python",
    summary().replace("{", '{"total_measurements": 9, '),
    given(1),
  ],
  [
    "with __proto__ as a key of its own: it is data and changes nothing",
    summary({ ["__proto__"]: '{"polluted": true}' }).replace(
      "{",
      '{"__proto__": {"polluted": true}, ',
    ),
    given([true, true, undefined]),
    (metrics) => [
      Object.hasOwn(metrics, "__proto__"),
      Object.getPrototypeOf(metrics) === Object.prototype,
      ({} as { polluted?: boolean }).polluted,
    ],
  ],
  [
    "with __proto__ instead of its fields is damaged",
    `{"__proto__": ${summary()}}`,
    damaged("run_id is missing"),
  ],
  [
    "with __proto__ and constructor as metric types is read",
    summary({ stats: `{"__proto__": ${STATS}, "constructor": ${STATS}}` }),
    given(["__proto__", "constructor"]),
    ({ stats }) => Object.keys(stats),
  ],
  [
    "of another run is read: directories are renamed",
    summary({ run_id: '"another"' }),
    given("another"),
    (metrics) => metrics.run_id,
  ],
  [
    "with a run id of a wrong type",
    summary({ run_id: "7" }),
    damaged("run_id"),
  ],
  [
    "with a timestamp of null",
    summary({ timestamp: "null" }),
    damaged("timestamp"),
  ],
  [
    "with a negative count",
    summary({ total_measurements: "-1" }),
    damaged("total_measurements", "-1"),
  ],
  [
    "with half a measurement",
    summary({ total_measurements: "1.5" }),
    damaged("total_measurements", "1.5"),
  ],
  [
    "with a count that no double holds",
    summary({ total_measurements: "9007199254740993" }),
    damaged("total_measurements"),
  ],
  [
    "with a count in quotes",
    summary({ measurement_types: '{"x": "1"}' }),
    damaged("measurement_types.x"),
  ],
  ["with an array of stats", summary({ stats: "[]" }), damaged("stats")],
  [
    "with stats of null",
    summary({ stats: '{"x": null}' }),
    damaged("stats.x must be an object: null"),
  ],
  [
    "with satellites of a wrong type",
    summary({ stats_by_satellite: '{"SAT1": 5}' }),
    damaged("stats_by_satellite.SAT1"),
  ],
  [
    "without satellites",
    summary({ stats_by_satellite: "" }),
    damaged("stats_by_satellite is missing"),
  ],
  [
    "with a checksum of a wrong type",
    summary({ raw_csv: '{"size_bytes": 5, "xxh32": 5}' }),
    damaged("raw_csv.xxh32"),
  ],
  [
    "with a CSV size of a wrong type",
    summary({ raw_csv: '{"size_bytes": "5", "xxh32": "00000000"}' }),
    damaged("raw_csv.size_bytes"),
  ],
  ["with raw_csv of null", summary({ raw_csv: "null" }), damaged("raw_csv")],
];

/** Reads a summary cut off after each of its bytes but the last. */
async function readEachTruncation(bench: Bench): Promise<unknown> {
  const storage = await bench.withSummary(summary());
  const path = `${bench.resultsDir}/run/latency_summary.json`;
  const wrong: number[] = [];
  for (let length = summary().length - 1; length >= 0; length--) {
    Deno.truncateSync(path, length);
    const read = () => storage.getRunMetrics({ useCache: false });
    if (await codeOrValue(read) !== "RUN_DAMAGED") wrong.push(length);
  }
  return wrong;
}

export const SUMMARY_CASES: readonly HostileCase[] = [
  ...READ.map(([name, content, wanted, look]): HostileCase => ({
    name: `a summary ${name}`,
    wanted,
    run: async (bench) => {
      const storage = await bench.withSummary(content);
      const metrics = await storage.getRunMetrics({ useCache: false });
      return look === undefined ? metrics?.total_measurements : look(metrics!);
    },
  })),
  {
    name: "a summary cut off after any of its bytes is damaged",
    wanted: given([]),
    run: readEachTruncation,
  },
  {
    name: "a summary of 1 GiB is refused without being read",
    wanted: damaged("1073741824 bytes"),
    run: async (bench) => {
      const path = `${await bench.save()}/latency_summary.json`;
      await Deno.truncate(path, 2 ** 30);
      return await bench.storage().getRunMetrics({ useCache: false });
    },
  },
  {
    name: "a summary of a byte over 256 MiB is refused",
    wanted: damaged(`${MAX_SUMMARY_BYTES + 1} bytes`),
    run: async (bench) => {
      const path = `${await bench.save()}/latency_summary.json`;
      await Deno.truncate(path, MAX_SUMMARY_BYTES + 1);
      return await bench.storage().getRunMetrics({ useCache: false });
    },
  },
  {
    name: "a summary of another run is found by verifyRun()",
    wanted: given(["wrong-run-id"]),
    run: async (bench) => {
      await Deno.rename(await bench.save("a"), `${bench.resultsDir}/b`);
      const { problems } = await bench.storage("b").verifyRun();
      return problems.map(({ kind }) => kind);
    },
  },
  {
    name: "a summary that is damaged stops neither a save nor a deletion",
    wanted: given([["damaged-summary"], 3, true]),
    run: async (bench) => {
      const storage = await bench.withSummary("{");
      const { problems } = await storage.verifyRun();
      await bench.save();
      const metrics = await storage.getRunMetrics();
      return [
        problems.map(({ kind }) => kind),
        metrics?.total_measurements,
        await storage.deleteRun(),
      ];
    },
  },
  {
    name: "a summary that is damaged fails the comparison and names its run",
    wanted: damaged('run "other"'),
    run: async (bench) => {
      await bench.withSummary(summary());
      const other = await bench.save("other");
      await Deno.writeTextFile(`${other}/latency_summary.json`, "{}");
      return await bench.storage().compareRuns("other");
    },
  },
  {
    name: "a summary that is damaged is an error and not a missing run",
    wanted: given(true),
    run: async (bench) => {
      const storage = await bench.withSummary("");
      return await storage.getRunMetrics({ useCache: "revalidate" })
        .catch((error) => error instanceof StorageError);
    },
  },
];
