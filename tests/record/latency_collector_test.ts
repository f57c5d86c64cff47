import {
  assert,
  assertEquals,
  assertRejects,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import { stringify } from "@std/csv";
import { LatencyCollector, StorageError } from "@astraguard/hil-metrics";
import { tree, withResultsDir } from "../_results_dir.ts";
import { TurnCounter } from "../event_loop/_turn_counter.ts";

Deno.test("LatencyCollector records each kind of measurement", () => {
  let nowS = 100;
  const collector = new LatencyCollector({ clock: () => nowS++ });
  collector.recordFaultDetection("SAT1", 0.5, 75);
  collector.recordAgentDecision("SAT2", 0.6, 120);
  collector.recordRecoveryAction("SAT1", 0.7, 208.5);
  collector.record({
    metricType: "downlink",
    satelliteId: "SAT3",
    durationMs: 0.25,
    scenarioTimeS: 1,
    timestamp: 7.5,
  });
  assertEquals(collector.length, 4);
  assertEquals(
    [...collector.measurements].map((it) => Object.values(it)),
    [
      [100, "fault_detection", "SAT1", 75, 0.5],
      [101, "agent_decision", "SAT2", 120, 0.6],
      [102, "recovery_action", "SAT1", 208.5, 0.7],
      [7.5, "downlink", "SAT3", 0.25, 1],
    ],
  );
});

Deno.test("LatencyCollector.measurements can be iterated again and ends where it began", () => {
  const collector = new LatencyCollector();
  for (let i = 0; i < 40_000; i++) {
    collector.recordFaultDetection("SAT1", i, i);
  }
  const { measurements } = collector;
  let count = 0;
  for (const { durationMs } of measurements) {
    assertEquals(durationMs, count++);
    if (count < 10) collector.recordFaultDetection("SAT1", 0, 1);
  }
  assertEquals(count, 40_000);
  assertEquals([...measurements].length, 40_009);
});

Deno.test("LatencyCollector refuses what is no measurement and records nothing", () => {
  const good = {
    metricType: "a",
    satelliteId: "b",
    durationMs: 1,
    scenarioTimeS: 2,
    timestamp: 3,
  };
  const cases: [
    Record<string, unknown>,
    typeof TypeError | typeof RangeError,
    string,
  ][] = [
    [
      { durationMs: NaN },
      RangeError,
      "durationMs must be a finite number: NaN",
    ],
    [{ durationMs: Infinity }, RangeError, "Infinity"],
    [{ durationMs: -1 }, RangeError, "durationMs must not be negative: -1"],
    [{ scenarioTimeS: -0.5 }, RangeError, "scenarioTimeS must not be negative"],
    [{ satelliteId: " \t" }, RangeError, 'satelliteId is blank: " \\t"'],
    [{ metricType: "\u2003" }, RangeError, "metricType is blank"],
    [{ scenarioTimeS: -Infinity }, RangeError, "scenarioTimeS"],
    [{ timestamp: NaN }, RangeError, "timestamp"],
    [{ timestamp: null }, TypeError, "timestamp must be a finite number: null"],
    [
      { durationMs: "12" },
      TypeError,
      'durationMs must be a finite number: "12"',
    ],
    [{ durationMs: undefined }, TypeError, "undefined"],
    [{ durationMs: 12n }, TypeError, "number: 12n"],
    [{ metricType: "" }, RangeError, "metricType is empty"],
    [{ satelliteId: "" }, RangeError, "satelliteId is empty"],
    [{ satelliteId: "a\nb" }, RangeError, 'control characters: "a\\nb"'],
    [{ satelliteId: "\x7f" }, RangeError, "control characters"],
    [{ metricType: "\ud800" }, RangeError, "not well-formed Unicode"],
    [{ satelliteId: 7 }, TypeError, "satelliteId must be a string: 7"],
    [{ metricType: undefined }, TypeError, "metricType must be a string"],
  ];
  const collector = new LatencyCollector();
  for (const [flaw, ErrorClass, message] of cases) {
    assertThrows(
      () => collector.record({ ...good, ...flaw }),
      ErrorClass,
      message,
    );
  }
  assertEquals(collector.length, 0);
  assertEquals(collector.metricTypes, []);
  assertEquals(collector.getSummary(), { total_measurements: 0, metrics: {} });
});

Deno.test("LatencyCollector.reset() forgets measurements, types and satellites", () => {
  const collector = new LatencyCollector();
  collector.recordFaultDetection("SAT1", 1, 2);
  const { measurements } = collector;
  collector.reset();
  assertEquals(collector.length, 0);
  assertEquals(collector.satelliteIds, []);
  assertEquals([...measurements], []);
  collector.recordAgentDecision("SAT2", 1, 2);
  assertEquals(collector.metricTypes, ["agent_decision"]);
});

Deno.test("LatencyCollector.getSummary() holds counts and all statistics", () => {
  const collector = new LatencyCollector();
  for (const durationMs of [4, 1, 3, 2]) {
    collector.recordFaultDetection("SAT1", 0, durationMs);
  }
  collector.recordAgentDecision("SAT2", 0, 0.1);
  const detection = {
    count: 4,
    mean_ms: 2.5,
    p50_ms: 3,
    p95_ms: 4,
    p99_ms: 4,
    max_ms: 4,
    min_ms: 1,
  };
  const decision = {
    count: 1,
    mean_ms: 0.1,
    p50_ms: 0.1,
    p95_ms: 0.1,
    p99_ms: 0.1,
    max_ms: 0.1,
    min_ms: 0.1,
  };
  assertEquals(collector.getSummary(), {
    total_measurements: 5,
    measurement_types: { fault_detection: 4, agent_decision: 1 },
    stats: { fault_detection: detection, agent_decision: decision },
    stats_by_satellite: {
      SAT1: { fault_detection: detection },
      SAT2: { agent_decision: decision },
    },
  });
  assertEquals(collector.getStats().agent_decision, decision);
  assertEquals(
    collector.getStatsBySatellite().SAT1!.fault_detection,
    detection,
  );
});

Deno.test("LatencyCollector keeps ids that mean something to JavaScript", () => {
  const collector = new LatencyCollector();
  for (const id of ["b", "__proto__", "constructor", "10", "9"]) {
    collector.record({
      metricType: id,
      satelliteId: id,
      durationMs: 1,
      scenarioTimeS: 0,
    });
  }
  const wanted = ["b", "__proto__", "constructor", "10", "9"];
  assertEquals(collector.metricTypes, wanted);
  assertEquals(collector.satelliteIds, wanted);
  assertEquals(Object.keys(collector.getStats()).sort(), wanted.toSorted());
  const bySatellite = collector.getStatsBySatellite();
  for (const id of wanted) {
    const types = Object.getOwnPropertyDescriptor(bySatellite, id)?.value;
    assertEquals(Object.keys(types), [id]);
  }
});

async function gunzipFile(path: string): Promise<Uint8Array> {
  using file = await Deno.open(path);
  const contents = file.readable.pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(contents).arrayBuffer());
}

Deno.test("LatencyCollector.exportCsv() makes the directory and replaces the file whole", async () => {
  await withResultsDir(async (dir) => {
    const collector = new LatencyCollector({ clock: () => 1.5 });
    collector.recordFaultDetection('SAT "1", é', 0.1, 75);
    const path = `${dir}/deep/er/latencies.csv`;
    await collector.exportCsv(path);
    collector.recordAgentDecision("SAT2", 1e-7, 1e22);
    await collector.exportCsv(path);
    assertEquals(
      await Deno.readTextFile(path),
      stringify([
        [
          "timestamp",
          "metric_type",
          "satellite_id",
          "duration_ms",
          "scenario_time_s",
        ],
        ["1.5", "fault_detection", 'SAT "1", é', "75.0", "0.1"],
        ["1.5", "agent_decision", "SAT2", "1e+22", "1e-07"],
      ], { headers: false }),
    );
    assertEquals(await tree(dir), [
      "deep/",
      "deep/er/",
      "deep/er/latencies.csv",
    ]);
  });
});

Deno.test("LatencyCollector.exportCsv() takes the measurements there are when it is called", async () => {
  await withResultsDir(async (dir) => {
    const collector = new LatencyCollector({ clock: () => 1.5 });
    collector.recordFaultDetection("SAT1", 0.1, 75);
    const exporting = collector.exportCsv(`${dir}/latencies.csv`);
    collector.recordFaultDetection("SAT1", 0.2, 76);
    await exporting;
    const csv = await Deno.readTextFile(`${dir}/latencies.csv`);
    assertEquals(csv.split("\r\n").slice(1), [
      "1.5,fault_detection,SAT1,75.0,0.1",
      "",
    ]);
  });
});

Deno.test("LatencyCollector.exportCsv() defuses formulas when asked to", async () => {
  await withResultsDir(async (dir) => {
    const collector = new LatencyCollector({ clock: () => 1 });
    collector.recordFaultDetection("=cmd|' /C calc'!A0", 0, 1);
    const path = `${dir}/latencies.csv`;
    await collector.exportCsv(path);
    assertStringIncludes(await Deno.readTextFile(path), ",=cmd|");
    await collector.exportCsv(path, { defuseFormulas: true });
    assertStringIncludes(await Deno.readTextFile(path), ",'=cmd|");
  });
});

Deno.test("LatencyCollector.exportCsv() compresses when asked to, and gives way once in 16 KiB", async () => {
  await withResultsDir(async (dir) => {
    for (const rows of [1, 50_000]) {
      const collector = new LatencyCollector({ clock: () => 1.5 });
      for (let i = 0; i < rows; i++) {
        collector.recordAgentDecision(`SAT${i % 7}`, i / 10, i / 7);
      }
      await collector.exportCsv(`${dir}/it.csv`);
      using counter = new TurnCounter();
      await collector.exportCsv(`${dir}/it.csv.gz`, { compression: "gzip" });
      const csv = await Deno.readFile(`${dir}/it.csv`);
      assertEquals(await gunzipFile(`${dir}/it.csv.gz`), csv);
      assert(counter.turns >= csv.length / 16_384, `${counter.turns} turns`);
    }
    assertEquals(await tree(dir), ["it.csv", "it.csv.gz"]);
  });
});

Deno.test("LatencyCollector.exportCsv() refuses blank paths, and a collector without measurements", async () => {
  const collector = new LatencyCollector();
  await assertRejects(
    () => collector.exportCsv("/nowhere/x.csv"),
    RangeError,
    "There are no measurements to export",
  );
  collector.recordFaultDetection("SAT1", 1, 2);
  for (const path of ["", " \t"]) {
    await assertRejects(
      () => collector.exportCsv(path),
      RangeError,
      "A path must not be blank",
    );
  }
});

Deno.test("LatencyCollector shows what it holds when it is inspected", () => {
  const collector = new LatencyCollector();
  collector.recordFaultDetection("SAT1", 1, 2);
  assertEquals(
    Deno.inspect(collector),
    'LatencyCollector {\n  length: 1,\n  metricTypes: [ "fault_detection" ],\n  satelliteIds: [ "SAT1" ]\n}',
  );
});

Deno.test("LatencyCollector.exportCsv() leaves what is not a regular file alone", async () => {
  await withResultsDir(async (dir) => {
    const collector = new LatencyCollector();
    collector.recordFaultDetection("SAT1", 1, 2);
    await Deno.writeTextFile(`${dir}/target`, "kept");
    await Deno.symlink(`${dir}/target`, `${dir}/link`);
    await Deno.mkdir(`${dir}/directory`);
    for (const name of ["link", "directory"]) {
      const error = await assertRejects(
        () => collector.exportCsv(`${dir}/${name}`),
        StorageError,
      );
      assertEquals(error.code, "UNSAFE_PATH");
    }
    const error = await assertRejects(
      () => collector.exportCsv(`${dir}/target/x.csv`),
      StorageError,
    );
    assertStringIncludes(error.message, "Cannot export measurements");
    assertEquals(await Deno.readTextFile(`${dir}/target`), "kept");
    assert((await tree(dir)).every((path) => !path.includes("tmp")));
  });
});
