import { assert, assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import {
  decodeSummary,
  SummarySyntaxError,
} from "../../../src/formats/summary/summary_decoder.ts";
import {
  encodeSummary,
  type SummaryContent,
} from "../../../src/formats/summary/summary_encoder.ts";
import { renameSummary } from "../../../src/formats/summary/rename_summary.ts";
import { ORIGINAL_RUNS, ORIGINAL_RUNS_DIR } from "../../_results_dir.ts";
import { withoutChecksum } from "../../_summary_text.ts";
import { naiveXxh32 } from "../_naive_xxh32.ts";

const UTF8 = new TextEncoder();

function contentOf(ids: readonly string[], durationMs: number): SummaryContent {
  const stats = {
    count: 1,
    mean_ms: durationMs,
    p50_ms: durationMs,
    p95_ms: durationMs,
    p99_ms: durationMs,
    max_ms: durationMs,
    min_ms: durationMs,
  };
  const byType = ids.map((id) => [id, stats] as const);
  return {
    runId: "run_1",
    timestamp: "2026-02-09T14:03:21.204661",
    totalMeasurements: ids.length,
    statistics: { byType, bySatellite: ids.map((id) => [id, byType] as const) },
    rawCsv: { size_bytes: 71, xxh32: "0011aaff" },
    labels: undefined,
  };
}

function textOf(content: SummaryContent): string {
  const decoder = new TextDecoder();
  return [...encodeSummary(content)].map((it) => decoder.decode(it)).join("");
}

Deno.test("encodeSummary() spells JSON as Python does, with the checksum of what stands before it", () => {
  const covered = `{
  "run_id": "run_1",
  "timestamp": "2026-02-09T14:03:21.204661",
  "total_measurements": 0,
  "measurement_types": {},
  "stats": {},
  "stats_by_satellite": {},
  "raw_csv": {
    "size_bytes": 71,
    "xxh32": "0011aaff"
  },
  `;
  assertEquals(
    textOf(contentOf([], 0)),
    `${covered}"summary_xxh32": "${naiveXxh32(UTF8.encode(covered))}"\n}`,
  );
  const text = textOf(contentOf(['é"\x7f\u2028😀\t'], 1e16));
  // python3 -c 'import json; print(json.dumps("é\"\x7f\u2028😀\t"))'
  assert(text.includes(String.raw`"\u00e9\"\u007f\u2028\ud83d\ude00\t": {`));
  assert(text.includes('"mean_ms": 1e+16'));
});

Deno.test("encodeSummary() gives way once in 4 KiB, and hands on 64 KiB at a time", () => {
  const ids = Array.from({ length: 1000 }, (_, index) => `SAT${index}`);
  const pieces = [...encodeSummary(contentOf(ids, 1))];
  const bytes = pieces.reduce((sum, piece) => sum + piece.length, 0);
  const yields = pieces.filter((piece) => piece.length === 0).length;
  assert(yields >= bytes / 5000, `${yields} yields in ${bytes} bytes`);
  const longest = Math.max(...pieces.map((piece) => piece.length));
  assert(longest < 66_000, `${longest} bytes`);
});

Deno.test("encodeSummary() keeps the order of ids that look like numbers", () => {
  const text = textOf(contentOf(["b", "10", "9"], 1));
  assert(text.indexOf('"10"') < text.indexOf('"9"'));
  assert(text.indexOf('"b"') < text.indexOf('"10"'));
});

Deno.test("decodeSummary() reads what encodeSummary() wrote", () => {
  fc.assert(fc.property(
    fc.uniqueArray(fc.string({ unit: "binary" }), { maxLength: 5 }),
    fc.double({ noDefaultInfinity: true, noNaN: true }),
    (ids, durationMs) => {
      const content = contentOf(ids, durationMs);
      const metrics = decodeSummary(
        UTF8.encode(textOf(content)),
      );
      assertEquals(
        new Map(Object.entries(metrics.stats)),
        new Map(content.statistics.byType),
      );
      assertEquals(metrics.raw_csv, content.rawCsv);
    },
  ));
});

Deno.test("decodeSummary() reads the original's summaries and freezes all of them", () => {
  for (const run of ORIGINAL_RUNS) {
    const bytes = Deno.readFileSync(
      `${ORIGINAL_RUNS_DIR}/${run}/latency_summary.json`,
    );
    const metrics = decodeSummary(bytes);
    assertEquals(metrics, JSON.parse(new TextDecoder().decode(bytes)));
    assertFrozen(metrics);
  }
});

/** A field that makes a summary one of which not all is known. */
const UNKNOWN = { unknown: { field: [{}] } };

/** What may stand where something else should; 1e999 is not for JSON.stringify. */
const VALUES: readonly unknown[] = [
  ...[null, true, "text", "1e999", -1, 0, 1.5, 2 ** 53],
  ...[[], [1], {}, { count: 1 }, { a: 1 }, { a: {} }],
];

type Node = Record<string, unknown>;

/** Changes one member anywhere in the document: its value, or that it is there. */
function mutate(document: Node, at: number, key: string, value: unknown): void {
  const places: [Node, string][] = [];
  const visit = (node: Node) => {
    places.push([node, key]);
    for (const [name, inner] of Object.entries(node)) {
      places.push([node, name]);
      if (typeof inner === "object" && inner !== null) visit(inner as Node);
    }
  };
  visit(document);
  const [node, name] = places[at % places.length]!;
  if (value === undefined) delete node[name];
  else {
    Object.defineProperty(node, name, {
      ...{ value, configurable: true, enumerable: true, writable: true },
    });
  }
}

function judge(document: Node): unknown {
  const json = JSON.stringify(document).replaceAll('"1e999"', "1e999");
  try {
    const metrics = decodeSummary(UTF8.encode(json));
    assertFrozen(metrics);
    assertEquals(metrics, JSON.parse(json));
    return "a summary";
  } catch (error) {
    if (!(error instanceof SummarySyntaxError)) throw error;
    return error.message;
  }
}

Deno.test("decodeSummary() judges a summary alike with and without an unknown field", () => {
  const good = withoutChecksum(textOf(contentOf(["a", "b"], 1.5)));
  const mutation = fc.tuple(
    fc.nat(),
    fc.constantFrom("x", "p99_ms", "__proto__", "raw_csv"),
    fc.constantFrom(undefined, ...VALUES),
  );
  const verdicts = new Set<unknown>();
  fc.assert(
    fc.property(fc.array(mutation, { maxLength: 3 }), (mutations) => {
      const document = JSON.parse(good);
      for (const [at, key, value] of mutations) {
        mutate(document, at, key, structuredClone(value));
      }
      const verdict = judge(document);
      assertEquals(judge({ ...document, ...UNKNOWN }), verdict);
      verdicts.add(verdict);
    }),
    { numRuns: 2000, examples: [[[]]] },
  );
  assert(verdicts.size > 50);
});

Deno.test("decodeSummary() takes for UTF-8 what a strict TextDecoder does", () => {
  const strict = new TextDecoder("utf-8", { fatal: true });
  const [head, tail] = withoutChecksum(textOf(contentOf([], 0)))
    .split("run_1");
  const bytes = fc.oneof(
    fc.uint8Array({ min: 0x80, maxLength: 6 }),
    fc.string({ unit: "binary" }).map((text) =>
      UTF8.encode(JSON.stringify(`\ufffd${text}`).slice(1, -1))
    ),
  );
  fc.assert(fc.property(bytes, (id) => {
    const file = Uint8Array.of(
      ...UTF8.encode(head),
      ...id,
      ...UTF8.encode(tail),
    );
    let text: string;
    try {
      text = strict.decode(file);
    } catch {
      assertThrows(() => decodeSummary(file), SummarySyntaxError, "not UTF-8");
      return;
    }
    assertEquals(decodeSummary(file).run_id, JSON.parse(text).run_id);
  }));
});

function assertFrozen(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  assert(Object.isFrozen(value));
  for (const inner of Object.values(value)) assertFrozen(inner);
}

Deno.test("decodeSummary() says what is wrong with a file", () => {
  const good = withoutChecksum(textOf(contentOf(["a"], 1)));
  const cases: [string, (text: string) => string][] = [
    ["the file is empty", () => ""],
    ["the file is not JSON", (text) => text.slice(0, -1)],
    ["the file is not JSON", (text) => text + "}"],
    ["the document must be an object: an array", () => "[1]"],
    ["the document must be an object: null", () => "null"],
    ["run_id is missing", () => "{}"],
    ["run_id must be a string: 7", (text) => text.replace('"run_1"', "7")],
    [
      "total_measurements must be a whole number: 1.5",
      (text) => text.replace('measurements": 1', 'measurements": 1.5'),
    ],
    [
      "measurement_types.a must be a whole number: -1",
      (text) => text.replace('"a": 1', '"a": -1'),
    ],
    [
      "stats.a.mean_ms must be a finite number",
      (text) => text.replace('mean_ms": 1.0', 'mean_ms": 1e999'),
    ],
    [
      "stats.a.p99_ms is missing",
      (text) => text.replace('p99_ms": 1.0', 'p98_ms": 1.0'),
    ],
    [
      "stats_by_satellite must be an object: an array",
      (text) =>
        text.replace(
          /"stats_by_satellite": \{.*\n {2}\}/s,
          '"stats_by_satellite": []',
        ),
    ],
    [
      "raw_csv.size_bytes is missing",
      (text) => text.replace('"size_bytes": 71,', ""),
    ],
    [
      "raw_csv.xxh32 must be a string: 11",
      (text) => text.replace('"0011aaff"', "11"),
    ],
  ];
  for (const [message, damage] of cases) {
    const damaged = damage(good);
    assert(damaged !== good, message);
    assertThrows(
      () => decodeSummary(UTF8.encode(damaged)),
      SummarySyntaxError,
      message,
    );
  }
  assertThrows(
    () => decodeSummary(new Uint8Array([0xff, 0xfe, 0x7b, 0])),
    SummarySyntaxError,
    "not UTF-8",
  );
});

Deno.test("decodeSummary() takes every truncation for damaged", () => {
  const bytes = UTF8.encode(textOf(contentOf(["a"], 1)));
  for (let length = 0; length < bytes.length; length++) {
    assertThrows(
      () => decodeSummary(bytes.subarray(0, length)),
      SummarySyntaxError,
    );
  }
});

Deno.test("decodeSummary() finds every change of a byte before the checksum but of line ends", () => {
  const bytes = UTF8.encode(textOf(contentOf(["a"], 1.5)));
  const keyAt = textOf(contentOf(["a"], 1.5)).indexOf('"summary_xxh32"');
  for (let at = 0; at < keyAt; at++) {
    for (const flip of [1, 2, 16]) {
      const damaged = bytes.slice();
      damaged[at]! ^= flip;
      assertThrows(() => decodeSummary(damaged), SummarySyntaxError);
    }
  }
  const text = textOf(contentOf(["a"], 1.5));
  const wanted = decodeSummary(bytes);
  assertEquals(
    decodeSummary(UTF8.encode(text.replaceAll("\n", "\r\n"))),
    wanted,
  );
  const notes = text.replace(/\n\}$/, ',\n  "notes": "\u00fc\ud83d\ude00"\n}');
  assertEquals(
    decodeSummary(UTF8.encode(notes)),
    { ...wanted, notes: "\u00fc\ud83d\ude00" } as unknown,
  );
});

Deno.test("decodeSummary() names what Python writes for a figure that is not finite", () => {
  const text = withoutChecksum(textOf(contentOf(["a"], 1.5)));
  for (const name of ["NaN", "Infinity", "-Infinity"]) {
    assertThrows(
      () => decodeSummary(UTF8.encode(text.replace("1.5", name))),
      SummarySyntaxError,
      `the file holds ${name}, which is how Python writes`,
    );
  }
});

Deno.test("encodeSummary() says of a run that it is incomplete, or nothing", () => {
  const text = textOf({ ...contentOf([], 0), incomplete: true });
  assert(text.includes('},\n  "incomplete": true,\n  "summary_xxh32": '), text);
  assertEquals(decodeSummary(UTF8.encode(text)).incomplete, true);
  assertEquals(
    textOf({ ...contentOf([], 0), incomplete: false }),
    textOf(contentOf([], 0)),
  );
  const not = withoutChecksum(text).replace(
    '"incomplete": true',
    '"incomplete": false',
  );
  assertThrows(
    () => decodeSummary(UTF8.encode(not)),
    SummarySyntaxError,
    "incomplete must be true: false",
  );
});

Deno.test("renameSummary() gives a summary another id, and nothing else", () => {
  for (const runId of ["other", 'é",\n"', "10"]) {
    const content = contentOf(["10", "9"], 1);
    const renamed = renameSummary(UTF8.encode(textOf(content)), runId);
    assertEquals(
      new TextDecoder().decode(renamed),
      textOf({ ...content, runId }),
    );
    const again = renameSummary(renamed, content.runId);
    assertEquals(new TextDecoder().decode(again), textOf(content));
  }
});
